import { type StateTable, type Step, stepOf } from './step.ts';

/**
 * The INVITE client transaction (RFC 3261 §17.1.1, figure 5, as RFC 6026 §7.2 amends it):
 *
 *                     INVITE sent
 *                   ┌──────▼──────┐ timer A: send again
 *                   │   calling   ├─ timer B / transport error: tell ──┐
 *                   └─┬────┬────┬─┘                                    │
 *           1xx: tell │    │    │ 2xx: tell                            │
 *             ┌───────▼──┐ │ ┌──▼───────┐                              │
 *   1xx: tell │proceeding├─│─► accepted ├─ timer M ───────────────────►│
 *             └───────┬──┘ │ └──────────┘ 2xx: tell                    │
 *                     │    │ 300–699: ACK, tell                        │
 *                   ┌─▼────▼────┐                               ┌──────▼─────┐
 *                   │ completed ├─ timer D / transport error ──►│ terminated │
 *                   └───────────┘  300–699: ACK again           └────────────┘
 *
 * A 2xx that comes when it is completed is of another branch of a forking proxy, which passes on every 2xx (RFC 3261 §16.7):
 * the user has to acknowledge it and to hang up.
 */
export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';

export type InviteClientTimer = 'timer-a' | 'timer-b' | 'timer-d' | 'timer-m';

export type InviteClientInput = '1xx' | '2xx' | '300-699' | InviteClientTimer | 'transport-error';

export type InviteClientAction =
  | 'resend'
  | 'start-timer-a'
  | 'start-timer-d'
  | 'start-timer-m'
  | 'stop-timers-a-b'
  | 'send-ack'
  | 'tell-response'
  | 'tell-timeout'
  | 'tell-transport-error';

const TABLE: StateTable<InviteClientState, InviteClientInput, InviteClientAction> = {
  calling: {
    '1xx': { state: 'proceeding', actions: ['stop-timers-a-b', 'tell-response'] },
    '2xx': { state: 'accepted', actions: ['stop-timers-a-b', 'start-timer-m', 'tell-response'] },
    '300-699': { state: 'completed', actions: ['stop-timers-a-b', 'start-timer-d', 'send-ack', 'tell-response'] },
    'timer-a': { state: 'calling', actions: ['resend', 'start-timer-a'] },
    'timer-b': { state: 'terminated', actions: ['tell-timeout'] },
    'transport-error': { state: 'terminated', actions: ['tell-transport-error'] },
  },
  proceeding: {
    '1xx': { state: 'proceeding', actions: ['tell-response'] },
    '2xx': { state: 'accepted', actions: ['start-timer-m', 'tell-response'] },
    '300-699': { state: 'completed', actions: ['start-timer-d', 'send-ack', 'tell-response'] },
  },
  accepted: {
    // It was overtaken, or comes of another fork.
    '1xx': { state: 'accepted', actions: [] },
    '2xx': { state: 'accepted', actions: ['tell-response'] },
    'timer-m': { state: 'terminated', actions: [] },
  },
  completed: {
    '1xx': { state: 'completed', actions: [] },
    '2xx': { state: 'completed', actions: ['tell-response'] },
    '300-699': { state: 'completed', actions: ['send-ack'] },
    'timer-d': { state: 'terminated', actions: [] },
    'transport-error': { state: 'terminated', actions: ['tell-transport-error'] },
  },
  terminated: {},
};

/** @returns `undefined` when the input means nothing in this state. */
export function inviteClientTransition(
  state: InviteClientState,
  input: InviteClientInput,
): Step<InviteClientState, InviteClientAction> | undefined {
  return stepOf(TABLE, state, input);
}
