import type { Clock, IdSource, Logger } from '@groupcall/kernel';
import type { CallLimits } from '../limits/call-limits.ts';
import type { Planner } from '../planner/planner.ts';
import type { CallStore } from '../ports/call-store.ts';
import type { Directory } from '../ports/directory.ts';
import type { SignalingPort } from '../ports/signaling-port.ts';
import type { GroupCallRunner } from '../runner/group-call-runner.ts';

/** Bounds of the whole server, whatever its customers may do. When they are reached, new calls are refused as when it stops. */
export interface EngineLimits {
  /** Root group calls and single calls alive at once. */
  readonly maxLive: number;
}

/** Whether anything new may begin. */
export interface Gate {
  /** The server is stopping. */
  closed: boolean;
}

/** What the use cases work with. */
export interface UseCaseContext {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly store: CallStore;
  readonly directory: Directory;
  readonly signaling: SignalingPort;
  readonly planner: Planner;
  readonly limits: CallLimits;
  readonly serverLimits: EngineLimits;
  readonly runner: GroupCallRunner;
  readonly gate: Gate;
}
