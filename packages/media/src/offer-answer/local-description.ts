import { isIPv6 } from 'node:net';
import { type MediaDescription, write } from 'sdp-transform';
import { type AudioCodec, DIGIT_EVENTS, PACKET_MS, TELEPHONE_EVENT } from './codec.ts';
import type { Direction } from './direction.ts';
import type { RemoteStream } from './remote-description.ts';

/** Our side of a session: who says it, and where it wants its packets. */
export interface LocalParty {
  /** IP address that the phone is told. */
  readonly address: string;
  /** RTP port. */
  readonly port: number;
  /** `o=` session id: digits, the same for the life of the session. */
  readonly sessionId: string;
}

/** A stream that we carry. */
export interface LocalAudio {
  readonly protocol: string;
  /** The codecs, each with the payload type of this session. */
  readonly codecs: readonly AudioCodec[];
  readonly direction: Direction;
}

/** One `m=` line of ours: carried, or the refusal of a stream that was offered. */
export type LocalStream = { readonly carried: LocalAudio } | { readonly refused: RemoteStream };

export interface LocalDescription {
  readonly party: LocalParty;
  readonly streams: readonly LocalStream[];
  readonly timing: { readonly start: number; readonly stop: number };
}

/** Writes a session description of ours, as version `version` of its session. */
export function writeDescription({ party, streams, timing }: LocalDescription, version: number): string {
  const ipVersion = isIPv6(party.address) ? 6 : 4;
  return write({
    version: 0,
    origin: {
      username: '-',
      sessionId: party.sessionId,
      sessionVersion: version,
      netType: 'IN',
      ipVer: ipVersion,
      address: party.address,
    },
    name: '-',
    connection: { version: ipVersion, ip: party.address },
    timing: { ...timing },
    media: streams.map((stream) => ('carried' in stream ? carry(party.port, stream.carried) : refuse(stream.refused))),
  });
}

function carry(port: number, { protocol, codecs, direction }: LocalAudio): MediaDescription {
  return {
    type: 'audio',
    port,
    protocol,
    payloads: codecs.map(({ payloadType }) => payloadType).join(' '),
    rtp: codecs.map(({ payloadType, name, clockRate }) => ({ payload: payloadType, codec: name, rate: clockRate })),
    fmtp: codecs
      .filter(({ name }) => name === TELEPHONE_EVENT.name)
      .map(({ payloadType }) => ({ payload: payloadType, config: DIGIT_EVENTS })),
    ptime: PACKET_MS,
    direction,
  };
}

/** RFC 3264 §6: a stream is refused by port 0; its formats are repeated, for one at least must stand there. */
function refuse({ kind, protocol, formatList }: RemoteStream): MediaDescription {
  return { type: kind, port: 0, protocol, payloads: formatList, rtp: [], fmtp: [] };
}
