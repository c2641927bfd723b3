import { type ClientInvite, type InviteOptions, NameAddr, SipUri, type UserAgent } from '@groupcall/sip';
import { CallLog } from './call-log.ts';

/** A small SDP offer, of no use but to be carried. */
export const TEST_OFFER = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
export const TEST_ANSWER = 'v=0\r\no=- 2 2 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n';

export interface PlacedCall {
  readonly invite: ClientInvite;
  readonly log: CallLog;
}

/** Calls `sip:phone@address` over UDP, port 5060, with an offer, and writes down what comes of it. */
export function placeCall(
  agent: UserAgent,
  address: string,
  options: Partial<InviteOptions> = {},
  log = new CallLog(),
): PlacedCall {
  const uri = SipUri.parse(`sip:phone@${address}`);
  const invite = agent.invite(
    {
      target: { protocol: 'udp', address, port: 5060 },
      uri,
      from: NameAddr.parse('"Caller" <sip:caller@example.com>'),
      to: new NameAddr('', uri),
      body: TEST_OFFER,
      ...options,
    },
    log,
  );
  return { invite, log };
}
