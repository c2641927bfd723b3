import type { Clock, IdSource, Logger } from '@groupcall/kernel';
import { CallLimits } from './limits/call-limits.ts';
import { Planner } from './planner/planner.ts';
import type { CallStore, ListQuery, Page } from './ports/call-store.ts';
import type { Directory } from './ports/directory.ts';
import type { IncomingCall, SignalingPort } from './ports/signaling-port.ts';
import type { CallRecord } from './records/call-record.ts';
import type { GroupCallRecord } from './records/group-call-record.ts';
import type { CallId, CustomerId, GroupCallId } from './records/ids.ts';
import { GroupCallRunner } from './runner/group-call-runner.ts';
import type { RunnerCounters } from './runner/live-group-call.ts';
import type { EngineLimits, UseCaseContext } from './use-cases/context.ts';
import { createDeleteCall } from './use-cases/delete-call.ts';
import { createDeleteGroupCall } from './use-cases/delete-group-call.ts';
import { createDrain } from './use-cases/drain.ts';
import { createEndOrphans } from './use-cases/end-orphans.ts';
import { createGetCall, createGetGroupCall } from './use-cases/get.ts';
import { createHangUpCall } from './use-cases/hang-up-call.ts';
import { createHangUpGroupCall } from './use-cases/hang-up-group-call.ts';
import { createListCalls, createListGroupCalls } from './use-cases/list.ts';
import { createStartCalls, type StartedCalls } from './use-cases/start-calls.ts';
import { createStartGroupCall } from './use-cases/start-group-call.ts';
import { createStartIncomingCall } from './use-cases/start-incoming-call.ts';
import type { StartCalls, StartGroupCall } from './validation/start-command.ts';

export interface GroupCallEngineOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly store: CallStore;
  readonly directory: Directory;
  readonly signaling: SignalingPort;
  /** Bounds of the whole server, beside those of each customer. */
  readonly limits?: Partial<EngineLimits>;
}

const DEFAULT_LIMITS: EngineLimits = { maxLive: 50_000 };

/** Rings groups of phones: everything that the server's edges ask of the engine. */
export class GroupCallEngine {
  /** Validates, plans and commits; then rings. See {@link StartGroupCall}. */
  readonly startGroupCall: (command: StartGroupCall) => Promise<GroupCallRecord>;
  /** As {@link startGroupCall}, each destination by itself. */
  readonly startCalls: (command: StartCalls) => Promise<StartedCalls>;
  /** Idempotent (rule 13). */
  readonly hangUpGroupCall: (customerId: CustomerId, id: GroupCallId) => Promise<GroupCallRecord>;
  /** Idempotent (rule 13); hangs up first. */
  readonly deleteGroupCall: (customerId: CustomerId, id: GroupCallId) => Promise<GroupCallRecord>;
  /** Idempotent (rule 13). */
  readonly hangUpCall: (customerId: CustomerId, id: CallId) => Promise<CallRecord>;
  /** Idempotent (rule 13); hangs up first. */
  readonly deleteCall: (customerId: CustomerId, id: CallId) => Promise<CallRecord>;
  /** As it is now, also a deleted one. */
  readonly groupCall: (customerId: CustomerId, id: GroupCallId) => Promise<GroupCallRecord>;
  /** As it is now, also a deleted one. */
  readonly call: (customerId: CustomerId, id: CallId) => Promise<CallRecord>;
  readonly listGroupCalls: (query: ListQuery) => Promise<Page<GroupCallRecord>>;
  readonly listCalls: (query: ListQuery) => Promise<Page<CallRecord>>;
  /** Ends what a crash left unfinished; for the start. Resolves with the number of roots. */
  readonly endOrphans: () => Promise<number>;
  /** Takes nothing new, waits `limitMs` ms for what lives, then hangs it up. Resolves when all of it is written. */
  readonly drain: (limitMs: number) => Promise<void>;

  readonly #runner: GroupCallRunner;
  readonly #startIncomingCall: (call: IncomingCall) => Promise<void>;

  constructor({ limits: serverLimits, ...ports }: GroupCallEngineOptions) {
    const planner = new Planner(ports.directory, ports.ids);
    const limits = new CallLimits(ports.clock);
    this.#runner = new GroupCallRunner({ ...ports, planner, limits });
    const context: UseCaseContext = {
      ...ports,
      planner,
      limits,
      serverLimits: { ...DEFAULT_LIMITS, ...serverLimits },
      runner: this.#runner,
      gate: { closed: false },
    };
    this.startGroupCall = createStartGroupCall(context);
    this.startCalls = createStartCalls(context);
    this.hangUpGroupCall = createHangUpGroupCall(context);
    this.deleteGroupCall = createDeleteGroupCall(context);
    this.hangUpCall = createHangUpCall(context);
    this.deleteCall = createDeleteCall(context);
    this.groupCall = createGetGroupCall(context);
    this.call = createGetCall(context);
    this.listGroupCalls = createListGroupCalls(context);
    this.listCalls = createListCalls(context);
    this.endOrphans = createEndOrphans(context);
    this.drain = createDrain(context);
    this.#startIncomingCall = createStartIncomingCall(context);
  }

  /** What is alive now: group calls (roots) and legs. */
  get live(): { readonly groupCalls: number; readonly legs: number } {
    return this.#runner.counts;
  }

  /** What the engine has counted since it began. */
  get counters(): Readonly<RunnerCounters> {
    return this.#runner.counters;
  }

  /** Takes an incoming call that was authenticated. Every answer to it goes through the signaling port. */
  incoming(call: IncomingCall): void {
    void this.#startIncomingCall(call);
  }
}
