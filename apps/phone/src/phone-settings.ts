import type { SocketAddress } from '@groupcall/kernel';

/** What a phone does by itself with a call that comes in. */
export type PhoneBehaviour =
  /** Rings until it is told what to do. */
  | { readonly kind: 'ring' }
  | { readonly kind: 'answer'; readonly afterMs: number }
  | { readonly kind: 'decline'; readonly status: number }
  /** Is deaf to every request, as a phone without power whose registration has not run out. */
  | { readonly kind: 'silent' };

export interface PhoneSettings {
  readonly user: string;
  /** Empty: no challenge is answered. */
  readonly password: string;
  readonly domain: string;
  /** Where every request goes. */
  readonly server: SocketAddress;
  readonly transport: 'udp' | 'tcp';
  /** Own address for SIP, and for RTP on a port of its own. Port 0 takes a free one. */
  readonly listen: SocketAddress;
  /** Lifetime of the registration that is asked for, in seconds. */
  readonly expiresS: number;
  /** Register at the start. */
  readonly register: boolean;
  readonly behaviour: PhoneBehaviour;
  /** A SIP URI, or a user of the own domain, to call once registered (or at the start, without `register`). */
  readonly call: string | undefined;
  /** Hang up after talking for that many ms. */
  readonly hangUpAfterMs: number | undefined;
  /** A multiple of 50. */
  readonly toneHz: number;
}
