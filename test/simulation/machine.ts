import { callRecord, groupCallRecord, start, transition } from '../../packages/engine/src/internal.ts';

/** The machine under test: the real one, or one with a known bug. */
export interface Machine {
  readonly start: typeof start;
  readonly transition: typeof transition;
  readonly callRecord: typeof callRecord;
  readonly groupCallRecord: typeof groupCallRecord;
}

export const REAL_MACHINE: Machine = { start, transition, callRecord, groupCallRecord };
