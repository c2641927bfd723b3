import { isIP } from 'node:net';
import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import { MediaError } from '../media-error.ts';
import { type AudioCodec, isCodec, SPOKEN_CODECS } from './codec.ts';
import { type Direction, toDirection } from './direction.ts';

/** One format of an `m=` line. */
export interface RemoteFormat {
  readonly payloadType: number;
  /** As `a=rtpmap` or RFC 3551 names it; the bare number when neither does. */
  readonly name: string;
  /** Hz; 0 when nothing says it. */
  readonly clockRate: number;
}

/** One `m=` line of the other side and what belongs to it. */
export interface RemoteStream {
  /** `audio`, `video`, … */
  readonly kind: string;
  /** 0: refused or disabled. */
  readonly port: number;
  readonly protocol: string;
  /** The format list as it was written, to give it back in a refusal. */
  readonly formatList: string;
  readonly formats: readonly RemoteFormat[];
  readonly direction: Direction;
  /** Where it wants its packets; '' when it says nothing that can be sent to. */
  readonly address: string;
}

/** A session description of the other side. */
export interface RemoteDescription {
  /** In the order of the `m=` lines. */
  readonly streams: readonly RemoteStream[];
  /** The `t=` line, which an answer repeats. */
  readonly timing: { readonly start: number; readonly stop: number };
}

/**
 * Reads a session description (RFC 8866).
 * @throws MediaError `MEDIA_SDP_MALFORMED` when it is none, or holds no stream.
 */
export function readDescription(sdp: string): RemoteDescription {
  if (!/^v=0\s*$/m.test(sdp)) throw malformed('it does not begin with v=0');
  const session = parse(sdp);
  const mediaLines = sdp.split(/\r\n|\r|\n/).filter((line) => line.startsWith('m='));
  if (mediaLines.length === 0) throw malformed('it holds no m= line');
  const streams = session.media.map((media, index) => readStream(session, media, mediaLines[index] ?? ''));
  return { streams, timing: session.timing ?? { start: 0, stop: 0 } };
}

/** `m=<kind> <port>[/<count>] <protocol> <formats>` (RFC 8866 §5.14). */
const MEDIA_LINE = /^m=(\S+) (\d{1,5})(?:\/\d+)? (\S+) (\S.*?)\s*$/;

function readStream(session: SessionDescription, media: MediaDescription, line: string): RemoteStream {
  const match = MEDIA_LINE.exec(line);
  if (match === null) throw malformed(`"${line.slice(0, 100)}" is no m= line`);
  const [, kind = '', port = '', protocol = '', formatList = ''] = match;
  if (Number(port) > 65535) throw malformed(`${port} is no port`);
  const formats = protocol.startsWith('RTP/') ? formatList.split(/\s+/).map((format) => readFormat(media, format)) : [];
  return {
    kind,
    port: Number(port),
    protocol,
    formatList,
    formats,
    direction: toDirection(media.direction) ?? toDirection(session.direction) ?? 'sendrecv',
    address: String((media.connection ?? session.connection)?.ip ?? ''),
  };
}

function readFormat(media: MediaDescription, format: string): RemoteFormat {
  const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : -1;
  const mapped = media.rtp.find(({ payload }) => payload === payloadType);
  if (mapped !== undefined) return { payloadType, name: String(mapped.codec), clockRate: mapped.rate ?? 0 };
  const fixed = SPOKEN_CODECS.find((codec) => codec.payloadType === payloadType);
  return { payloadType, name: fixed?.name ?? format, clockRate: fixed?.clockRate ?? 0 };
}

/** The payload type that the other side has given to a codec. */
export function payloadTypeOf(stream: RemoteStream, codec: AudioCodec): number | undefined {
  return stream.formats.find(({ name, clockRate }) => isCodec(codec, name, clockRate))?.payloadType;
}

/** Whether packets may be sent there: one host, not a group, not the "hold" of RFC 2543 (RFC 3264 §8.4). */
export function isReachable(address: string): boolean {
  return isIP(address) !== 0 && !isUnspecified(address) && !isMulticast(address);
}

/** `0.0.0.0` and `::`, which put a stream on hold. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function isMulticast(address: string): boolean {
  if (isIP(address) === 6) return address.toLowerCase().startsWith('ff');
  const first = Number(address.slice(0, address.indexOf('.')));
  return first >= 224;
}

function malformed(what: string): MediaError {
  return new MediaError('MEDIA_SDP_MALFORMED', `the session description can't be read: ${what}`);
}
