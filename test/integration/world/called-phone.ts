import type { Destination } from '@groupcall/engine';
import { testAddress } from '@groupcall/testkit';

/** What the world's invariants look at in a call of a phone, whoever plays the phone. */
export interface CalledPhoneCall {
  readonly sipCallId: string;
  /** What came from the server, a line a message: `INVITE`, `CANCEL <Reason>`, `ACK`, `BYE <Reason>`. */
  readonly events: readonly string[];
  /** It was answered here, and neither side has hung up. */
  readonly isUp: boolean;
  /** It is up and the answer was acknowledged: its user hears somebody. */
  readonly isTalking: boolean;
}

/** A phone that can be rung. */
export interface CalledPhone {
  readonly name: string;
  /** How a group call names it. */
  readonly destination: Destination;
  readonly calls: readonly CalledPhoneCall[];
}

/** A registered endpoint as a destination. */
export function endpoint(name: string): Destination {
  return testAddress({ type: 'endpoint', target: `${name}@test` });
}

/** Just enough of a session description: one audio stream of G.711. */
export function phoneSdp(address: string): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 4000 RTP/AVP 8 0',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
