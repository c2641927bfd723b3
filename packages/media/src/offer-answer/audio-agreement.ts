import type { SocketAddress } from '@groupcall/kernel';
import { MediaError } from '../media-error.ts';
import { type AudioCodec, codecNames, isCodec, SPOKEN_CODECS, TELEPHONE_EVENT } from './codec.ts';
import type { Direction } from './direction.ts';
import {
  isReachable,
  isUnspecified,
  payloadTypeOf,
  type RemoteDescription,
  type RemoteStream,
} from './remote-description.ts';

/** What both sides have agreed on for the one audio stream of a session. */
export interface AudioAgreement {
  /** What we send, with the payload type that the other side has given it. */
  readonly codec: AudioCodec;
  /** What the other side may send. */
  readonly payloadTypes: ReadonlySet<number>;
  /** Where its packets go; undefined while it wants none (hold in the way of RFC 2543). */
  readonly remote: SocketAddress | undefined;
  /** As we say it. */
  readonly direction: Direction;
}

/** The protocols of RFC 3551 and RFC 4585 that carry plain RTP. */
const PROTOCOLS: readonly string[] = ['RTP/AVP', 'RTP/AVPF'];

/** The first codec of the stream's list, which is in the other side's order of preference, that we can send. */
export function commonCodec(stream: RemoteStream): AudioCodec | undefined {
  for (const { name, clockRate, payloadType } of stream.formats) {
    const codec = SPOKEN_CODECS.find((spoken) => isCodec(spoken, name, clockRate));
    if (codec !== undefined) return { ...codec, payloadType };
  }
  return undefined;
}

/** Digit events, with the payload type that the other side has given them. */
export function commonEvents(stream: RemoteStream): AudioCodec | undefined {
  const payloadType = payloadTypeOf(stream, TELEPHONE_EVENT);
  return payloadType === undefined ? undefined : { ...TELEPHONE_EVENT, payloadType };
}

/** Why we can't carry a stream, as the end of a sentence; undefined when we can. */
export function obstacle(stream: RemoteStream): string | undefined {
  const { kind, port, protocol, address, formats } = stream;
  if (kind !== 'audio') return `${kind} is not carried`;
  if (port === 0) return 'audio is disabled (port 0)';
  if (!PROTOCOLS.includes(protocol)) return `${protocol} is asked for, and ${PROTOCOLS.join(' or ')} is spoken`;
  if (commonCodec(stream) === undefined) {
    return `audio comes as ${codecNames(formats)}, and ${codecNames(SPOKEN_CODECS)} are spoken`;
  }
  if (address === '' || (!isReachable(address) && !isHold(stream)))
    return `"${address}" is no address to send audio to`;
  return undefined;
}

/** RFC 3264 §8.4: an unspecified address asks for no packets at all. */
export function isHold({ address }: RemoteStream): boolean {
  return isUnspecified(address);
}

/** Where the other side wants its packets. */
export function remoteOf(stream: RemoteStream): SocketAddress | undefined {
  return isHold(stream) ? undefined : { address: stream.address, port: stream.port };
}

/** Names what stands in the way of every stream. */
export function nothingInCommon({ streams }: RemoteDescription): MediaError {
  const reasons = new Set(streams.map((stream) => obstacle(stream) ?? 'audio is there already'));
  return new MediaError('MEDIA_NOTHING_IN_COMMON', `no audio in common: ${[...reasons].join('; ')}`, {
    help: `Enable ${codecNames(SPOKEN_CODECS)} over plain RTP on the phone.`,
  });
}
