import { type HeaderLine, SipRequest, type SipResponse } from '../message/sip-message.ts';

/**
 * The ACK to a final response other than 2xx (RFC 3261 §17.1.1.3): Request-URI, Call-ID, From, Route and the number in CSeq
 * are the INVITE's, To is the response's, and so are credentials (§22.1), since no server can challenge an ACK. The Via, the
 * INVITE's too, is put on when it is sent under the INVITE's branch.
 */
export function createAck(invite: SipRequest, response: SipResponse): SipRequest {
  const headers: HeaderLine[] = [];
  copy(invite, 'Route', headers);
  headers.push(
    ['Max-Forwards', '70'],
    ['From', invite.header('From') ?? ''],
    ['To', response.header('To') ?? ''],
    ['Call-ID', invite.callId],
    ['CSeq', `${invite.cseq.number} ACK`],
  );
  copy(invite, 'Authorization', headers);
  copy(invite, 'Proxy-Authorization', headers);
  return SipRequest.create({ method: 'ACK', uri: invite.uri, headers });
}

function copy(invite: SipRequest, name: string, headers: HeaderLine[]): void {
  for (const value of invite.headerValues(name)) headers.push([name, value]);
}
