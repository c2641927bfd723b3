/** The second door of this package, for its tests, the simulator and the benchmarks: the state machine by itself. */
export { start } from './group-call/start.ts';
export { transition } from './group-call/transition.ts';
export { callRecord, groupCallRecord, liveLegs } from './group-call/project.ts';
export { parseTimerKey, timerKey } from './group-call/timer-key.ts';
export type { TimerKey, TimerName } from './group-call/timer-key.ts';
export type { Plan, PlannedGroup, PlannedLeg, PlannedMasterCall, PlannedMember } from './group-call/plan.ts';
export type { CallerState, GroupCallTree, GroupState, LegPhase, LegState } from './group-call/tree.ts';
export type { HangUpCause, Input } from './group-call/input.ts';
export type { Effect, Persist, Place, Publish } from './group-call/effect.ts';
export type { Transition } from './group-call/step.ts';
