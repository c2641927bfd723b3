import { type StateTable, type Step, stepOf } from './step.ts';

/**
 * The non-INVITE server transaction (RFC 3261 §17.2.2, figure 8, as RFC 4320 §4 and RFC 6026 §8.8 amend it):
 *
 *            request: the user has it
 *         ┌──────▼─────┐ request: absorb
 *         │   trying   ├──────────────────────────────────────┐
 *         └──┬──────┬──┘                                      │
 *            │      │ 100 of the user (not before its time    │
 *            │      │ over UDP), timer T: send 100            │
 *            │   ┌──▼─────────┐ request, 100: send (again)    │
 *            │   │ proceeding ├──────────────────────────────►│ timer U: tell
 *            │   └──┬─────────┘                               │
 *            │      │ 200–699: send; 408: no word             │
 *         ┌──▼──────▼──┐                               ┌──────▼─────┐
 *         │ completed  ├─ timer J ────────────────────►│ terminated │
 *         └────────────┘ request: send again           └────────────┘
 *
 * Timer T is when the client's timer E has come to T2: only then, and then certainly, a 100 is sent (RFC 4320 §4.1). A 408
 * would come when nobody waits any more, and is never sent (§4.2); so timer U, 64*T1, ends what the user has not answered.
 * A transport error is told and changes nothing.
 */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteServerTimer = 'timer-trying' | 'timer-unanswered' | 'timer-j';

export type NonInviteServerInput =
  | 'request'
  | 'respond-100'
  /** A 100 of the user over an unreliable transport. */
  | 'respond-100-unreliably'
  /** Never sent (RFC 4320 §4.1). */
  | 'respond-101-199'
  | 'respond-408'
  | 'respond-200-699'
  | NonInviteServerTimer
  | 'transport-error';

export type NonInviteServerAction =
  | 'send'
  | 'send-trying'
  | 'send-again'
  | 'stop-timer-trying'
  | 'stop-timers'
  | 'start-timer-j'
  | 'tell-timeout'
  | 'tell-transport-error';

const TABLE: StateTable<NonInviteServerState, NonInviteServerInput, NonInviteServerAction> = {
  trying: {
    request: { state: 'trying', actions: [] },
    'respond-100': { state: 'proceeding', actions: ['stop-timer-trying', 'send'] },
    'respond-408': { state: 'completed', actions: ['stop-timers', 'start-timer-j'] },
    'respond-200-699': { state: 'completed', actions: ['stop-timers', 'start-timer-j', 'send'] },
    'timer-trying': { state: 'proceeding', actions: ['send-trying'] },
    'timer-unanswered': { state: 'terminated', actions: ['tell-timeout'] },
  },
  proceeding: {
    request: { state: 'proceeding', actions: ['send-again'] },
    'respond-100': { state: 'proceeding', actions: ['send'] },
    'respond-100-unreliably': { state: 'proceeding', actions: ['send'] },
    'respond-408': { state: 'completed', actions: ['stop-timers', 'start-timer-j'] },
    'respond-200-699': { state: 'completed', actions: ['stop-timers', 'start-timer-j', 'send'] },
    'timer-unanswered': { state: 'terminated', actions: ['tell-timeout'] },
    'transport-error': { state: 'proceeding', actions: ['tell-transport-error'] },
  },
  completed: {
    request: { state: 'completed', actions: ['send-again'] },
    'timer-j': { state: 'terminated', actions: [] },
    'transport-error': { state: 'completed', actions: ['tell-transport-error'] },
  },
  terminated: {},
};

/** @returns `undefined` when the input means nothing in this state. */
export function nonInviteServerTransition(
  state: NonInviteServerState,
  input: NonInviteServerInput,
): Step<NonInviteServerState, NonInviteServerAction> | undefined {
  return stepOf(TABLE, state, input);
}
