import type { LegEnd, LegOutcome } from '@groupcall/engine';
import { type ClientInviteEnd, type DialogEnd, NameAddr, type SipResponse } from '@groupcall/sip';

/** How far a CANCEL has come: nobody asked, it waits for the first 1xx (RFC 3261 §9.1), it has left. */
export type CancelProgress = 'none' | 'held' | 'sent';

/** Statuses with which a phone, or the one who holds it, says that it does not want to talk. */
const BUSY: ReadonlySet<number> = new Set([486, 600, 603]);

/** Statuses of a phone that nobody picks up. */
const NO_ANSWER: ReadonlySet<number> = new Set([408, 480, 487]);

/** How an attempt ended that was never answered. */
export function endOfAttempt(end: ClientInviteEnd, cancel: CancelProgress): LegEnd {
  switch (end.kind) {
    case 'response':
      return endByResponse(end.response, cancel);
    case 'timeout':
      if (cancel === 'sent') return cancelled(0, 'no final reply after the CANCEL');
      return cancel === 'held'
        ? cancelled(0, 'cancelled, and no reply to the INVITE')
        : wayAtFault('no reply to the INVITE');
    case 'transport':
      return cancel === 'none' ? wayAtFault(end.error.message) : cancelled(0, `cancelled: ${end.error.message}`);
  }
}

/** An attempt that never left this server: no contact, no trunk, no audio. */
export function neverPlaced(detail: string, tryNextRoute: boolean): LegEnd {
  return { by: 'local', outcome: 'failed', sipCode: 0, detail, redirectTo: [], tryNextRoute };
}

/** An attempt that was given up before its INVITE left. */
export function cancelledUnplaced(): LegEnd {
  return cancelled(0, 'cancelled before the INVITE left');
}

/** What is known of a call that was answered, beside how its dialog ended. */
export interface AnsweredCall {
  /** This side hung up. */
  readonly isReleased: boolean;
  /** The phone's BYE, for people. */
  readonly byeReceived: string;
  /** Why this side hung up by itself: the phone's answer was of no use. */
  readonly failure: string | undefined;
}

/** How a call ended that was answered. */
export function endOfDialog(why: DialogEnd, { isReleased, byeReceived, failure }: AnsweredCall): LegEnd {
  if (failure !== undefined) return afterAnswer('local', 'failed', failure);
  switch (why.kind) {
    case 'bye-received':
      return afterAnswer(isReleased ? 'local' : 'remote', 'normal', byeReceived);
    case 'bye-sent':
      return afterAnswer('local', 'normal', 'BYE');
    case 'timeout':
      return afterAnswer('remote', 'failed', 'no reply within the call');
    case 'response-481-408':
      return afterAnswer('remote', 'failed', 'the phone no longer knows the call');
    case 'no-ack':
      return afterAnswer('remote', 'failed', 'no ACK');
    case 'transport':
      return afterAnswer('local', 'failed', 'the server was closed');
  }
}

function afterAnswer(by: LegEnd['by'], outcome: LegOutcome, detail: string): LegEnd {
  return { by, outcome, sipCode: 200, detail, redirectTo: [], tryNextRoute: false };
}

function endByResponse(response: SipResponse, cancel: CancelProgress): LegEnd {
  const { status, reason } = response;
  const detail = `${status} ${reason}`;
  // Without a CANCEL on the wire this is the 487 that the user agent makes up for an INVITE that never left.
  if (status === 487 && cancel === 'held') return cancelledUnplaced();
  const outcome = outcomeOfStatus(status);
  // Some phones answer a CANCEL with another status than 487; a user who declined has spoken for himself.
  if (cancel === 'sent' && outcome !== 'busy') return cancelled(status, detail);
  return {
    by: 'remote',
    outcome,
    sipCode: status,
    detail,
    redirectTo: outcome === 'redirected' ? redirectTargets(response) : [],
    tryNextRoute: status >= 500 && status < 600 && cancel === 'none',
  };
}

/** A final status from 300 to 699 in the engine's words. */
export function outcomeOfStatus(status: number): LegOutcome {
  if (status < 400) return 'redirected';
  if (BUSY.has(status)) return 'busy';
  return NO_ANSWER.has(status) ? 'noanswer' : 'failed';
}

/** Where a 3xx points: by q, and as listed among equals (RFC 3261 §8.1.3.4). A Contact that can't be read is left out. */
function redirectTargets(response: SipResponse): readonly string[] {
  const contacts = response.headerValues('Contact').flatMap((line) => {
    try {
      return NameAddr.parseList(line);
    } catch {
      return [];
    }
  });
  return contacts
    .map(({ uri, params }) => ({ uri: uri.toString(), q: Number(params.get('q') ?? 1) || 0 }))
    .sort((one, other) => other.q - one.q)
    .map(({ uri }) => uri);
}

function cancelled(sipCode: number, detail: string): LegEnd {
  return { by: 'local', outcome: 'cancelled', sipCode, detail, redirectTo: [], tryNextRoute: false };
}

function wayAtFault(detail: string): LegEnd {
  return { by: 'remote', outcome: 'failed', sipCode: 0, detail, redirectTo: [], tryNextRoute: true };
}
