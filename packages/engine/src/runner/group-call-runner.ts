import type { Clock, IdSource, Logger } from '@groupcall/kernel';
import type { HangUpCause } from '../group-call/input.ts';
import type { Plan, PlannedMember } from '../group-call/plan.ts';
import type { CallLimits } from '../limits/call-limits.ts';
import { TrunkLimits } from '../limits/trunk-limits.ts';
import type { Planner } from '../planner/planner.ts';
import type { CallStore } from '../ports/call-store.ts';
import type { IncomingCall, SignalingPort } from '../ports/signaling-port.ts';
import { CallerReporter } from './listeners.ts';
import { LiveGroupCall, type LiveGroupCallOptions, type RunnerCounters } from './live-group-call.ts';

export interface GroupCallRunnerOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly store: CallStore;
  readonly signaling: SignalingPort;
  readonly planner: Planner;
  readonly limits: CallLimits;
}

/** Owns the group calls that live: finds them by any id of their tree, and forgets them after their last commit. */
export class GroupCallRunner {
  readonly #options: LiveGroupCallOptions;
  readonly #counters: RunnerCounters = { ignored: 0, failedCommits: 0, faults: 0 };
  readonly #live = new Set<LiveGroupCall>();
  readonly #byId = new Map<string, LiveGroupCall>();
  readonly #whenEmpty: (() => void)[] = [];

  constructor(options: GroupCallRunnerOptions) {
    this.#options = {
      ...options,
      trunkLimits: new TrunkLimits(options.clock),
      counters: this.#counters,
      onGone: (live) => {
        this.#forget(live);
      },
    };
  }

  /** How many roots there are, those included whose end is still being written. */
  get size(): number {
    return this.#live.size;
  }

  get counters(): Readonly<RunnerCounters> {
    return this.#counters;
  }

  /** What lives now: group calls that show as such, and legs. */
  get counts(): { readonly groupCalls: number; readonly legs: number } {
    let groupCalls = 0;
    let legs = 0;
    for (const live of this.#live) {
      if (!live.isFinished && !live.plan.bare) groupCalls++;
      legs += live.legs;
    }
    return { groupCalls, legs };
  }

  /** Begins a group call: its first commit leaves at once, and its INVITEs after that. */
  start(plan: Plan, incoming?: IncomingCall): LiveGroupCall {
    const live = new LiveGroupCall(plan, this.#options);
    this.#live.add(live);
    for (const id of idsOf(plan)) this.#byId.set(id, live);
    live.begin();
    incoming?.attach(new CallerReporter(live));
    return live;
  }

  /** The live root of which `id` is the root, a nested group call, a leg or the master call. */
  find(id: string): LiveGroupCall | undefined {
    return this.#byId.get(id);
  }

  /** Ends every group call. */
  hangUpAll(cause: HangUpCause): void {
    for (const live of this.#live) live.hangUp(cause);
  }

  /** Resolves when nothing lives and everything is written. */
  whenEmpty(): Promise<void> {
    if (this.#live.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
    });
  }

  #forget(live: LiveGroupCall): void {
    this.#live.delete(live);
    for (const id of idsOf(live.plan)) this.#byId.delete(id);
    if (this.#live.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}

function* idsOf({ root, master }: Plan): Generator<string> {
  if (master !== undefined) yield master.callId;
  yield* idsWithin(root);
}

function* idsWithin(member: PlannedMember): Generator<string> {
  if (member.kind === 'leg') {
    yield member.callId;
    return;
  }
  yield member.id;
  for (const nested of member.members) yield* idsWithin(nested);
}
