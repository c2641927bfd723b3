import type { Dialog } from '../dialog/dialog.ts';
import { type SipRequest, SipResponse } from '../message/sip-message.ts';
import type { RequestOutcome } from './client-request.ts';

/** The header field values of a response that no peer sent. */
export interface MadeUpFrom {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: string;
}

/**
 * A response that no peer sent: RFC 3261 §8.1.3.1 has a timeout treated as a 408 and a transport error as a 503, so that
 * the user meets one kind of result only.
 */
export function madeUpResponse(status: number, { from, to, callId, cseq }: MadeUpFrom): SipResponse {
  return SipResponse.create({
    status,
    headers: [
      ['From', from],
      ['To', to],
      ['Call-ID', callId],
      ['CSeq', cseq],
    ],
  });
}

/** In place of a response to that request. */
export function madeUpFor(request: SipRequest, status: number): SipResponse {
  return madeUpResponse(status, {
    from: request.header('From') ?? '',
    to: request.header('To') ?? '',
    callId: request.callId,
    cseq: request.header('CSeq') ?? '',
  });
}

/** In place of a response to a request that is not even made, so that it takes no CSeq number. */
export function madeUpInDialog(dialog: Dialog, method: string, status: number): SipResponse {
  const cseq = `${dialog.localSequence + 1} ${method}`;
  return madeUpResponse(status, { from: dialog.local, to: dialog.remote, callId: dialog.id.callId, cseq });
}

/** How a request ended, as a response. */
export function asResponse(request: SipRequest, outcome: RequestOutcome): SipResponse {
  if (outcome.kind === 'response') return outcome.response;
  return madeUpFor(request, outcome.kind === 'timeout' ? 408 : 503);
}
