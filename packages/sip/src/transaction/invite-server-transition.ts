import { type StateTable, type Step, stepOf } from './step.ts';

/**
 * The INVITE server transaction (RFC 3261 §17.2.1, figure 7, as RFC 6026 §7.1 amends it):
 *
 *           INVITE: the user has it
 *         ┌──────▼─────┐ INVITE: send again; 1xx of the user: send
 *         │ proceeding │ 200 ms without an answer: send 100
 *         └──┬──────┬──┘
 *            │      └─ 2xx: send ────────────┐
 *            │ 300–699: send           ┌─────▼────┐ INVITE: absorb
 *      ┌─────▼─────┐ INVITE, timer G:  │ accepted │ 2xx: send (the user retransmits)
 *      │ completed │ send again        └─────┬────┘ ACK: tell
 *      └──┬──┬─────┘                         │ timer L
 *         │  └─ timer H: tell ──────────┐    │
 *         │ ACK                         │    │
 *      ┌──▼────────┐               ┌────▼────▼──┐
 *      │ confirmed ├─ timer I ────►│ terminated │
 *      └───────────┘               └────────────┘
 *
 * In proceeding, completed and accepted a transport error is told and changes nothing (RFC 6026 §8.8): the next
 * response, or the peer's retransmission, may find its way.
 */
export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

export type InviteServerTimer = 'timer-trying' | 'timer-g' | 'timer-h' | 'timer-i' | 'timer-l';

export type InviteServerInput =
  'invite' | 'ack' | 'respond-1xx' | 'respond-2xx' | 'respond-300-699' | InviteServerTimer | 'transport-error';

export type InviteServerAction =
  | 'send'
  | 'send-trying'
  | 'send-again'
  | 'stop-timer-trying'
  | 'start-timers-g-h'
  | 'start-timer-g'
  | 'stop-timers-g-h'
  | 'start-timer-i'
  | 'start-timer-l'
  | 'tell-ack'
  | 'tell-timeout'
  | 'tell-transport-error';

const TABLE: StateTable<InviteServerState, InviteServerInput, InviteServerAction> = {
  proceeding: {
    invite: { state: 'proceeding', actions: ['send-again'] },
    'respond-1xx': { state: 'proceeding', actions: ['stop-timer-trying', 'send'] },
    'respond-2xx': { state: 'accepted', actions: ['stop-timer-trying', 'start-timer-l', 'send'] },
    'respond-300-699': { state: 'completed', actions: ['stop-timer-trying', 'start-timers-g-h', 'send'] },
    'timer-trying': { state: 'proceeding', actions: ['send-trying'] },
    'transport-error': { state: 'proceeding', actions: ['tell-transport-error'] },
  },
  accepted: {
    ack: { state: 'accepted', actions: ['tell-ack'] },
    'respond-2xx': { state: 'accepted', actions: ['send'] },
    'timer-l': { state: 'terminated', actions: [] },
    'transport-error': { state: 'accepted', actions: ['tell-transport-error'] },
  },
  completed: {
    invite: { state: 'completed', actions: ['send-again'] },
    ack: { state: 'confirmed', actions: ['stop-timers-g-h', 'start-timer-i'] },
    'timer-g': { state: 'completed', actions: ['send-again', 'start-timer-g'] },
    'timer-h': { state: 'terminated', actions: ['tell-timeout'] },
    'transport-error': { state: 'completed', actions: ['tell-transport-error'] },
  },
  confirmed: { 'timer-i': { state: 'terminated', actions: [] } },
  terminated: {},
};

/** @returns `undefined` when the input means nothing in this state. */
export function inviteServerTransition(
  state: InviteServerState,
  input: InviteServerInput,
): Step<InviteServerState, InviteServerAction> | undefined {
  return stepOf(TABLE, state, input);
}
