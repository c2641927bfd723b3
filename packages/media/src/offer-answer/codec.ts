/** An audio encoding as `a=rtpmap` names it. */
export interface AudioCodec {
  /** Encoding name, in the spelling of RFC 3551. */
  readonly name: string;
  /** Hz. */
  readonly clockRate: number;
  /** The payload type of RFC 3551, or for a dynamic one the number that this server offers. */
  readonly payloadType: number;
}

/** G.711 µ-law (RFC 3551 §4.5.14). */
export const PCMU: AudioCodec = { name: 'PCMU', clockRate: 8000, payloadType: 0 };

/** G.711 A-law (RFC 3551 §4.5.14). */
export const PCMA: AudioCodec = { name: 'PCMA', clockRate: 8000, payloadType: 8 };

/** Digits as named events (RFC 4733). */
export const TELEPHONE_EVENT: AudioCodec = { name: 'telephone-event', clockRate: 8000, payloadType: 101 };

/** The events 0–9, *, #, A–D (RFC 4733 §2.4.1). */
export const DIGIT_EVENTS = '0-15';

/** What this server can send, best first. */
export const SPOKEN_CODECS: readonly AudioCodec[] = [PCMU, PCMA];

/** Length of a packet, ms. */
export const PACKET_MS = 20;

/** Whether an `a=rtpmap` line means that codec: names are compared without case (RFC 4855 §3). */
export function isCodec(codec: AudioCodec, name: string, clockRate: number): boolean {
  return codec.clockRate === clockRate && codec.name.toLowerCase() === name.toLowerCase();
}

/** For people: `PCMU/8000, PCMA/8000`. */
export function codecNames(codecs: readonly Pick<AudioCodec, 'name' | 'clockRate'>[]): string {
  return codecs.map(({ name, clockRate }) => `${name}/${clockRate}`).join(', ');
}
