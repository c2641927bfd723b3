import { type StateTable, type Step, stepOf } from './step.ts';

/**
 * The non-INVITE client transaction (RFC 3261 §17.1.2, figure 6):
 *
 *         request sent
 *        ┌─────▼─────┐
 *        │  trying   ├───────────────────────────────────┐
 *        └──┬─────┬──┘                                   │ timer E: send again, in both
 *           │     │ 1xx: tell                            │
 *           │  ┌──▼─────────┐                            │
 *           │  │ proceeding ├─ timer F / transport error ┤
 *           │  └──┬─────────┘  1xx: tell           tell  │
 *  200–699: │     │                                      │
 *      tell │     │                                      │
 *        ┌──▼─────▼──┐                            ┌──────▼─────┐
 *        │ completed ├─ timer K ─────────────────►│ terminated │
 *        └───────────┘  absorbs all responses     └────────────┘
 */
export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteClientTimer = 'timer-e' | 'timer-f' | 'timer-k';

export type NonInviteClientInput = '1xx' | '200-699' | NonInviteClientTimer | 'transport-error';

export type NonInviteClientAction =
  | 'resend'
  /** Twice the pause before, at most T2. */
  | 'start-timer-e'
  /** T2 from now on. */
  | 'slow-timer-e'
  | 'start-timer-k'
  | 'stop-timers-e-f'
  | 'tell-response'
  | 'tell-timeout'
  | 'tell-transport-error';

const TABLE: StateTable<NonInviteClientState, NonInviteClientInput, NonInviteClientAction> = {
  trying: {
    '1xx': { state: 'proceeding', actions: ['tell-response'] },
    '200-699': { state: 'completed', actions: ['stop-timers-e-f', 'start-timer-k', 'tell-response'] },
    'timer-e': { state: 'trying', actions: ['resend', 'start-timer-e'] },
    'timer-f': { state: 'terminated', actions: ['tell-timeout'] },
    'transport-error': { state: 'terminated', actions: ['tell-transport-error'] },
  },
  proceeding: {
    '1xx': { state: 'proceeding', actions: ['tell-response'] },
    '200-699': { state: 'completed', actions: ['stop-timers-e-f', 'start-timer-k', 'tell-response'] },
    'timer-e': { state: 'proceeding', actions: ['resend', 'slow-timer-e'] },
    'timer-f': { state: 'terminated', actions: ['tell-timeout'] },
    'transport-error': { state: 'terminated', actions: ['tell-transport-error'] },
  },
  completed: {
    '1xx': { state: 'completed', actions: [] },
    '200-699': { state: 'completed', actions: [] },
    'timer-k': { state: 'terminated', actions: [] },
  },
  terminated: {},
};

/** @returns `undefined` when the input means nothing in this state. */
export function nonInviteClientTransition(
  state: NonInviteClientState,
  input: NonInviteClientInput,
): Step<NonInviteClientState, NonInviteClientAction> | undefined {
  return stepOf(TABLE, state, input);
}
