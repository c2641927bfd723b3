import { type Clock, type IdSource, type Logger, SerialQueue, type TimerHandle } from '@groupcall/kernel';
import type { Effect, Place, Publish, ResolveRedirect } from '../group-call/effect.ts';
import type { HangUpCause, Input } from '../group-call/input.ts';
import type { Plan } from '../group-call/plan.ts';
import { callRecord, groupCallRecord, liveLegs } from '../group-call/project.ts';
import { start } from '../group-call/start.ts';
import type { Transition } from '../group-call/step.ts';
import type { TimerKey } from '../group-call/timer-key.ts';
import { transition } from '../group-call/transition.ts';
import type { GroupCallTree } from '../group-call/tree.ts';
import type { CallLimits } from '../limits/call-limits.ts';
import { peakLegs } from '../limits/peak-legs.ts';
import type { TrunkLimits, TrunkRoute } from '../limits/trunk-limits.ts';
import type { Planner } from '../planner/planner.ts';
import type { CallStore } from '../ports/call-store.ts';
import type { SignalingPort } from '../ports/signaling-port.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { DomainEvent } from '../records/domain-event.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { CallId, GroupCallId } from '../records/ids.ts';
import { CommitLane, type CommitLaneOwner } from './commit-lane.ts';
import { type InputSink, LegReporter, TrunkLegReporter } from './listeners.ts';

/** What a live group call works with. */
export interface LiveGroupCallOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly store: CallStore;
  readonly signaling: SignalingPort;
  readonly planner: Planner;
  readonly limits: CallLimits;
  readonly trunkLimits: TrunkLimits;
  readonly counters: RunnerCounters;
  /** Everything is over and written; comes once. */
  readonly onGone: (live: LiveGroupCall) => void;
}

/** What the runner has counted since it began. */
export interface RunnerCounters {
  /** Inputs that meant nothing in the state they met. */
  ignored: number;
  /** Commits that the store refused. */
  failedCommits: number;
  /** Steps that threw; each is a defect. */
  faults: number;
}

/** Pauses before the last records of a finished group call are written again after a failure, in ms. */
const LAST_COMMIT_RETRIES_MS = [1000, 5000, 15_000];

/**
 * One root group call while it lives: takes its inputs one at a time, keeps its state, and carries out the effects of each
 * step through the ports. Effects leave at once; only `prepared`, and with it every INVITE, waits for the disk (rule 1).
 */
export class LiveGroupCall implements InputSink, CommitLaneOwner {
  readonly plan: Plan;

  readonly #options: LiveGroupCallOptions;
  readonly #queue: SerialQueue<Input>;
  readonly #lane: CommitLane;
  readonly #timers = new Map<TimerKey, TimerHandle>();
  /** Places in trunks that its legs take up. */
  readonly #trunks = new Map<CallId, TrunkRoute>();
  readonly #peakLegs: number;
  #tree: GroupCallTree;
  #firstStep: Transition | undefined;
  #commitFailed = false;
  #faults = 0;
  #lastCommitTries = 0;
  #nextTry: TimerHandle | undefined;
  #gone = false;
  /** When the step under way happened, in ms since the epoch. */
  #now: number;

  constructor(plan: Plan, options: LiveGroupCallOptions) {
    this.plan = plan;
    this.#options = options;
    this.#queue = new SerialQueue(
      (input) => {
        this.#take(input);
      },
      (error, input) => {
        this.#onFault(error, input);
      },
    );
    this.#lane = new CommitLane(options.store, this);
    this.#peakLegs = peakLegs(plan);
    this.#now = options.clock.now();
    this.#firstStep = start(plan, this.#now);
    this.#tree = this.#firstStep.state;
    options.limits.hold(plan, this.#peakLegs);
  }

  /** How many legs are alive now. */
  get legs(): number {
    return liveLegs(this.#tree);
  }

  /** Nothing of it rings, talks or is being ended any more. */
  get isFinished(): boolean {
    return this.#tree.finished;
  }

  groupCallRecord(id: GroupCallId): GroupCallRecord | undefined {
    return groupCallRecord(this.#tree, id);
  }

  callRecord(id: CallId): CallRecord | undefined {
    return callRecord(this.#tree, id);
  }

  /** Carries out the first step. Call it once, when reports can be taken. */
  begin(): void {
    const step = this.#firstStep;
    this.#firstStep = undefined;
    if (step !== undefined) this.#carryOut(step.effects);
  }

  /** Resolves when everything so far is durable; rejects with the store's error when it could not be written. */
  durable(): Promise<void> {
    return this.#lane.durable();
  }

  /** Ends the whole group call. */
  hangUp(cause: HangUpCause): void {
    this.push({ type: 'hang-up', id: this.plan.root.id, cause });
  }

  /** Takes one thing that happened; synchronously, unless a step is under way. */
  push(input: Input): void {
    if (!this.#gone) this.#queue.push(input);
  }

  onCommitted(batch: number): void {
    if (batch > 0) this.push({ type: 'prepared', batch });
    this.#leaveWhenOver();
  }

  /** What can't be written can't be kept: the group call is ended on the wire, and its end is written if that is possible. */
  onCommitFailed(error: unknown): void {
    const { counters, logger } = this.#options;
    counters.failedCommits++;
    logger.error({ err: error, groupCallId: this.plan.root.id }, 'a group call could not be written, and is ended');
    if (this.#commitFailed) this.#lane.flush();
    else {
      this.#commitFailed = true;
      this.hangUp('failed');
    }
    this.#leaveWhenOver();
  }

  #take(input: Input): void {
    this.#now = this.#options.clock.now();
    const { state, effects, ignored } = transition(this.#tree, input, this.#now);
    this.#tree = state;
    if (ignored !== undefined) {
      this.#options.counters.ignored++;
      this.#options.logger.debug({ groupCallId: this.plan.root.id, input, ignored }, 'an input was ignored');
    }
    this.#carryOut(effects);
  }

  #carryOut(effects: readonly Effect[]): void {
    if (effects.length === 0) return;
    for (const effect of effects) {
      try {
        this.#perform(effect);
      } catch (error) {
        // The others are carried out all the same: the state counts on them.
        this.#onFault(error, effect);
      }
    }
    if (this.#gone) return;
    this.#noteLegs();
    this.#lane.flush();
    this.#leaveWhenOver();
  }

  #perform(effect: Effect): void {
    const { signaling } = this.#options;
    switch (effect.type) {
      case 'persist':
        this.#lane.mark(effect);
        break;
      case 'publish':
        this.#publish(effect);
        break;
      case 'prepare':
        this.#lane.prepare(effect.batch);
        break;
      case 'place':
        this.#place(effect);
        break;
      case 'cancel':
        signaling.cancel(effect.callId, effect.reason);
        break;
      case 'release':
        signaling.release(effect.callId, effect.reason);
        break;
      case 'connect':
        signaling.connect(effect.callId, effect.caller);
        break;
      case 'set-timer':
        this.#setTimer(effect.key, effect.delayMs);
        break;
      case 'clear-timer':
        this.#clearTimer(effect.key);
        break;
      case 'resolve-redirect':
        void this.#resolveRedirect(effect);
        break;
      case 'caller-ringing':
        signaling.callerRinging(effect.caller);
        break;
      case 'caller-progress':
        signaling.callerProgress(effect.caller, effect.from);
        break;
      case 'caller-reject':
        signaling.callerReject(effect.caller, effect.sipCode);
        break;
      case 'caller-release':
        signaling.callerRelease(effect.caller, effect.reason);
        break;
      case 'finished':
        this.#stopTimers();
        break;
    }
  }

  #publish({ event, subject }: Publish): void {
    const { customerId } = this.plan;
    // The machine pairs each type with its kind of record; spelling that out again would cost a switch a step.
    const id = this.#options.ids.uuid();
    this.#lane.publish({ id, type: event, tm: this.#now, customerId, subject } as DomainEvent);
  }

  #place({ leg, attempt }: Place): void {
    const { route } = leg;
    if (route.kind === 'trunk') this.#placeThroughTrunk({ type: 'place', leg, attempt }, route);
    else this.#options.signaling.place({ ...leg, listener: new LegReporter(this, leg.callId, attempt) });
  }

  /** A trunk that is full is a way at fault: the next one is tried. */
  #placeThroughTrunk({ leg, attempt }: Place, route: TrunkRoute): void {
    const { callId } = leg;
    const full = this.#options.trunkLimits.take(route, callId);
    if (full !== undefined) {
      const end = {
        by: 'local',
        outcome: 'failed',
        sipCode: 0,
        detail: full,
        redirectTo: [],
        tryNextRoute: true,
      } as const;
      this.push({ type: 'leg-ended', callId, attempt, end });
      return;
    }
    this.#trunks.set(callId, route);
    const onFree = () => {
      this.#freeTrunk(callId);
    };
    this.#options.signaling.place({ ...leg, listener: new TrunkLegReporter(this, callId, attempt, onFree) });
  }

  #freeTrunk(callId: CallId): void {
    const route = this.#trunks.get(callId);
    if (route === undefined) return;
    this.#trunks.delete(callId);
    this.#options.trunkLimits.free(route, callId);
  }

  #setTimer(key: TimerKey, delayMs: number): void {
    const fire = () => {
      this.#timers.delete(key);
      this.push({ type: 'timer', key });
    };
    this.#timers.set(key, this.#options.clock.setTimeout(delayMs, fire));
  }

  #clearTimer(key: TimerKey): void {
    this.#options.clock.clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  #stopTimers(): void {
    for (const handle of this.#timers.values()) this.#options.clock.clearTimeout(handle);
    this.#timers.clear();
  }

  async #resolveRedirect({ callId, attempt, uri }: ResolveRedirect): Promise<void> {
    const { planner, logger } = this.#options;
    const found = await planner.resolveRedirect(this.plan, uri).catch((error: unknown) => {
      logger.error({ err: error, groupCallId: this.plan.root.id, uri }, 'a redirection could not be looked up');
      return { routes: [], why: 'the target could not be looked up' };
    });
    this.push({ type: 'redirect-resolved', callId, attempt, routes: found.routes, why: found.why });
  }

  /** Until somebody has answered, all that may ring are held against the customer's limit; then those that are left. */
  #noteLegs(): void {
    const { limits } = this.#options;
    const { finished, winner, groups } = this.#tree;
    if (finished) limits.release(this.plan);
    else if (winner === undefined && groups[0]?.givenUp === undefined) limits.hold(this.plan, this.#peakLegs);
    else limits.hold(this.plan, this.legs);
  }

  #leaveWhenOver(): void {
    if (!this.#tree.finished || this.#gone) return;
    if (this.#lane.isIdle) this.#leave();
    else if (!this.#lane.isFlying && this.#nextTry === undefined) this.#tryAgainLater();
  }

  /** The last records may fail to be written, say on a full disk; they are tried some more before they are given up. */
  #tryAgainLater(): void {
    const { clock, logger } = this.#options;
    const pause = LAST_COMMIT_RETRIES_MS[this.#lastCommitTries++];
    if (pause === undefined) {
      logger.error({ groupCallId: this.plan.root.id }, 'the last records of a group call are lost');
      this.#leave();
    } else {
      this.#nextTry = clock.setTimeout(pause, () => {
        this.#nextTry = undefined;
        this.#lane.retry();
      });
    }
  }

  #leave(): void {
    this.#gone = true;
    // An end that was never reported must not keep a place in a trunk.
    for (const callId of this.#trunks.keys()) this.#freeTrunk(callId);
    this.#options.onGone(this);
  }

  /** A step threw. That is a defect, and must not leave phones ringing: the group call is ended, by force if need be. */
  #onFault(error: unknown, about: Input | Effect): void {
    const { counters, logger } = this.#options;
    counters.faults++;
    logger.error({ err: error, groupCallId: this.plan.root.id, about }, 'a step of a group call failed');
    if (this.#gone) return;
    if (this.#faults++ === 0) this.hangUp('failed');
    else this.#abandon();
  }

  #abandon(): void {
    const { signaling, limits } = this.#options;
    for (const { plan } of this.#tree.legs) {
      signaling.cancel(plan.callId, 'failed');
      signaling.release(plan.callId, 'failed');
    }
    const caller = this.plan.master?.callId;
    if (caller !== undefined) signaling.callerRelease(caller, 'failed');
    this.#stopTimers();
    limits.release(this.plan);
    this.#leave();
  }
}
