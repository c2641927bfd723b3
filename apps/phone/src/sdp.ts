import { isIPv6 } from 'node:net';
import { AppError, type SocketAddress } from '@groupcall/kernel';

/** The SDP is malformed, or offers nothing that this phone can speak. */
export class SdpError extends AppError<'PHONE_SDP'> {
  constructor(message: string) {
    super('PHONE_SDP', message, { help: 'The phone needs one audio stream over RTP/AVP with PCMU.' });
  }
}

/** Who sends, from the side of the one who says it (RFC 3264 §5.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One m= section as far as a phone cares. */
interface MediaSection {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly address: string;
  readonly direction: Direction;
  /** Encoding by payload type, upper case: `PCMU/8000`. */
  readonly encodings: ReadonlyMap<string, string>;
}

/** What the other side said: every section, and the audio stream that this phone takes. */
export interface RemoteSdp {
  readonly sections: readonly MediaSection[];
  /** Which of the sections is the audio. */
  readonly audioIndex: number;
  readonly audio: {
    readonly address: string;
    readonly port: number;
    readonly payloadType: number;
    readonly direction: Direction;
  };
}

const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] satisfies Direction[];
const PCMU_TYPE = '0';
const PCMU_ENCODING = 'PCMU/8000';
const MAX_PORT = 65_535;

/** Reads an offer or an answer. @throws SdpError when it is malformed or has no PCMU audio stream. */
export function parseSdp(text: string): RemoteSdp {
  const sections = parseSections(text);
  for (const [audioIndex, section] of sections.entries()) {
    const { kind, protocol, port, formats, encodings, address, direction } = section;
    if (kind !== 'audio' || protocol !== 'RTP/AVP' || port === 0) continue;
    const format = formats.find(
      (type) => (encodings.get(type) ?? (type === PCMU_TYPE ? PCMU_ENCODING : '')) === PCMU_ENCODING,
    );
    if (format === undefined) continue;
    if (address === '') throw new SdpError('the SDP gives no address (c=) for the audio');
    return { sections, audioIndex, audio: { address, port, payloadType: Number(format), direction } };
  }
  throw new SdpError('the SDP has no audio stream over RTP/AVP with PCMU');
}

/** The direction of the answer to an offer, when this side wants to send and receive, or holds (RFC 3264 §6.1, §8.4). */
export function answerDirection(offered: Direction, holding: boolean): Direction {
  const mayReceive = !holding && (offered === 'sendrecv' || offered === 'sendonly');
  const maySend = offered === 'sendrecv' || offered === 'recvonly';
  if (maySend && mayReceive) return 'sendrecv';
  if (maySend) return 'sendonly';
  return mayReceive ? 'recvonly' : 'inactive';
}

/** Writes this side's descriptions of one call: one session id, a version that grows (RFC 3264 §8). */
export class LocalSdp {
  readonly #local: SocketAddress;
  readonly #sessionId: number;
  #version = 0;

  /** @param sessionId a whole number, unique for this host. */
  constructor(local: SocketAddress, sessionId: number) {
    this.#local = local;
    this.#sessionId = sessionId;
  }

  offer(direction: Direction): string {
    return this.#write([this.#audio('0', direction)]);
  }

  /** Takes the audio stream of an offer, and refuses every other (RFC 3264 §6). */
  answer({ sections, audioIndex, audio }: RemoteSdp, direction: Direction): string {
    return this.#write(
      sections.map(({ kind, protocol, formats }, index) =>
        index === audioIndex
          ? this.#audio(String(audio.payloadType), direction)
          : `m=${kind} 0 ${protocol} ${formats.join(' ')}`,
      ),
    );
  }

  #audio(payloadType: string, direction: Direction): string {
    return [
      `m=audio ${this.#local.port} RTP/AVP ${payloadType}`,
      `a=rtpmap:${payloadType} ${PCMU_ENCODING}`,
      'a=ptime:20',
      `a=${direction}`,
    ].join('\r\n');
  }

  #write(sections: readonly string[]): string {
    const address = `IN ${isIPv6(this.#local.address) ? 'IP6' : 'IP4'} ${this.#local.address}`;
    const origin = `o=- ${this.#sessionId} ${this.#version++} ${address}`;
    return `${['v=0', origin, 's=-', `c=${address}`, 't=0 0', ...sections].join('\r\n')}\r\n`;
  }
}

function parseSections(text: string): MediaSection[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines[0] !== 'v=0') throw new SdpError('the SDP does not begin with v=0');
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  const session = lines.slice(0, starts[0]);
  return starts.map((start, index) => parseSection(session, lines.slice(start, starts[index + 1])));
}

function parseSection(session: readonly string[], lines: readonly string[]): MediaSection {
  const [kind = '', port = '', protocol = '', ...formats] = (lines[0] ?? '').slice(2).split(' ');
  // A port may be followed by a count, `49170/2`.
  const portNumber = parseInt(port, 10);
  if (!(portNumber >= 0 && portNumber <= MAX_PORT) || formats.length === 0) {
    throw new SdpError(`the SDP has a malformed line: ${lines[0] ?? ''}`);
  }
  const encodings = new Map<string, string>();
  for (const line of lines) {
    const [, type, encoding] = /^a=rtpmap:(\d+) ([^/\s]+\/\d+)/.exec(line) ?? [];
    if (type !== undefined && encoding !== undefined) encodings.set(type, encoding.toUpperCase());
  }
  return {
    kind,
    port: portNumber,
    protocol,
    formats,
    address: addressOf(lines) ?? addressOf(session) ?? '',
    direction: directionOf(lines) ?? directionOf(session) ?? 'sendrecv',
    encodings,
  };
}

function addressOf(lines: readonly string[]): string | undefined {
  const line = lines.find((candidate) => candidate.startsWith('c='));
  return line?.split(' ')[2]?.split('/')[0];
}

function directionOf(lines: readonly string[]): Direction | undefined {
  return lines
    .map((line) => (line.startsWith('a=') ? line.slice(2).trim() : ''))
    .find((name): name is Direction => DIRECTIONS.includes(name));
}
