import { Params } from './params.ts';
import { Scanner } from './scanner.ts';
import { readHost, readPort } from './sip-uri.ts';

const COMMA = 44;
const SLASH = 47;

/** What a Via is made of. */
export interface ViaParts {
  readonly protocol: string;
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: Params;
}

/** One hop of a message's way (RFC 3261 §20.42). Immutable. */
export class Via {
  /** The transport in upper case: UDP, TCP, TLS, WS, WSS, or another that this hop has nothing to do with. */
  readonly protocol: string;
  /** Of SIP itself: 2.0. */
  readonly version: string;
  /** IPv6 without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;

  private constructor(version: string, protocol: string, host: string, port: number | undefined, params: Params) {
    this.version = version;
    this.protocol = protocol;
    this.host = host;
    this.port = port;
    this.params = params;
  }

  static of({ protocol, host, port, params = Params.empty }: ViaParts): Via {
    return new Via('2.0', protocol, host, port, params);
  }

  /**
   * Reads one Via.
   * @throws ParseError
   */
  static parse(text: string): Via {
    const scanner = Scanner.over(text);
    const via = Via.read(scanner);
    scanner.expectEnd();
    return via;
  }

  /**
   * Reads a list, split by commas.
   * @throws ParseError
   */
  static parseList(text: string): Via[] {
    return Via.readList(Scanner.over(text));
  }

  /** Reads the list that fills the scanner's text. */
  static readList(scanner: Scanner): Via[] {
    const list = [Via.read(scanner)];
    while (scanner.peek() === COMMA) {
      scanner.pos++;
      list.push(Via.read(scanner));
    }
    scanner.expectEnd();
    return list;
  }

  /** Reads one Via, up to a comma or the end. */
  static read(scanner: Scanner): Via {
    scanner.skipSpace();
    let version = '2.0';
    if (scanner.source.text.startsWith('SIP/2.0/', scanner.pos)) scanner.pos += 8;
    else version = readProtocolVersion(scanner);
    scanner.skipSpace();
    const protocol = upperCase(scanner.token('transport'));
    const afterProtocol = scanner.pos;
    scanner.skipSpace();
    if (scanner.pos === afterProtocol) scanner.fail('white space expected behind the transport');
    const host = readHost(scanner);
    scanner.skipSpace();
    const port = readPort(scanner);
    return new Via(version, protocol, host, port, Params.read(scanner));
  }

  /** '' when there is none. */
  get branch(): string {
    return this.params.get('branch') ?? '';
  }

  /** The source address as the receiver saw it, IPv6 without brackets. */
  get received(): string | undefined {
    const received = this.params.get('received');
    return received?.startsWith('[') === true ? received.slice(1, -1) : received;
  }

  /** The source port as the receiver saw it (RFC 3581); undefined when it is not filled in. */
  get rport(): number | undefined {
    const rport = this.params.get('rport');
    const port = rport === undefined || rport === '' ? NaN : Number(rport);
    return Number.isInteger(port) && port > 0 && port < 65536 ? port : undefined;
  }

  /** The host and port of sent-by, as they stand in the header. */
  get sentBy(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return this.port === undefined ? host : `${host}:${this.port}`;
  }

  /** A copy with a parameter set. */
  withParam(name: string, value: string): Via {
    return new Via(this.version, this.protocol, this.host, this.port, this.params.set(name, value));
  }

  toString(): string {
    return `SIP/${this.version}/${this.protocol} ${this.sentBy}${this.params.toString()}`;
  }
}

/** Almost all are in upper case already. */
function upperCase(protocol: string): string {
  return protocol === 'UDP' || protocol === 'TCP' || protocol === 'TLS' ? protocol : protocol.toUpperCase();
}

/** The first two parts of `SIP / 2.0 / UDP`, white space and all. */
function readProtocolVersion(scanner: Scanner): string {
  const name = scanner.token('protocol');
  if (name.toUpperCase() !== 'SIP') scanner.fail('protocol is not SIP');
  scanner.skipSpace();
  scanner.expect(SLASH);
  scanner.skipSpace();
  const version = scanner.token('version');
  scanner.skipSpace();
  scanner.expect(SLASH);
  return version;
}
