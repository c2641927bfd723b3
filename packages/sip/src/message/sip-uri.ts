import { CHAR_CLASS, HEX, HOST, URI_HEADER, URI_PARAM, USER } from './char-class.ts';
import { escape, findBadEscape, unescape } from './escape.ts';
import { Params } from './params.ts';
import { Scanner } from './scanner.ts';
import { urisAreEqual } from './uri-equality.ts';

const COLON = 58;
const QUESTION_MARK = 63;
const AT = 64;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const MAX_PORT = 65535;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** What a URI of an unknown scheme may hold (RFC 3986 §2), with what is often not escaped. */
const OPAQUE = /^[!#-;=?-~]+$/;

/** What can be changed in a URI. */
export interface SipUriParts {
  readonly scheme?: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly host?: string;
  readonly port?: number | undefined;
  readonly params?: Params;
  readonly headers?: string;
}

/** What a URI is made of. */
export interface SipUriInit extends SipUriParts {
  readonly host: string;
}

/** What a URI consists of; user and password with their escapes. */
interface Fields {
  readonly scheme: string;
  readonly escapedUser: string | undefined;
  readonly escapedPassword: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
  readonly headers: string;
  readonly opaque: string;
}

/**
 * A SIP or SIPS URI (RFC 3261 §19.1), or one of another scheme. A `tel` URI (RFC 3966) has its number as `user` and an
 * empty `host`. Of every other scheme only `scheme` and `opaque` are known. Immutable.
 */
export class SipUri {
  /** In lower case. */
  readonly scheme: string;
  /** Host name as it was written, or IP address, IPv6 without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Without escapes. */
  readonly params: Params;
  /** What stands behind the `?`, with its escapes; '' when there is none. */
  readonly headers: string;
  /** What stands behind the colon of a URI that is neither sip, sips nor tel; '' of these. */
  readonly opaque: string;
  /** The user with its escapes, as it is compared. */
  readonly escapedUser: string | undefined;
  /** The password with its escapes, as it is compared. */
  readonly escapedPassword: string | undefined;
  #text: string | undefined;

  /** @param text the URI as it was received. */
  private constructor(fields: Fields, text: string | undefined) {
    this.scheme = fields.scheme;
    this.host = fields.host;
    this.port = fields.port;
    this.params = fields.params;
    this.headers = fields.headers;
    this.opaque = fields.opaque;
    this.escapedUser = fields.escapedUser;
    this.escapedPassword = fields.escapedPassword;
    this.#text = text;
  }

  /**
   * Reads a URI, without `<>` around it.
   * @throws ParseError
   */
  static parse(text: string): SipUri {
    return SipUri.read(Scanner.over(text));
  }

  /** Reads the URI that goes from the scanner's place to its end. */
  static read(scanner: Scanner): SipUri {
    const start = scanner.pos;
    const scheme = readScheme(scanner);
    const fields =
      scheme === 'sip' || scheme === 'sips'
        ? readSip(scanner, scheme)
        : scheme === 'tel'
          ? readTel(scanner)
          : readOpaque(scanner, scheme);
    if (scanner.pos < scanner.end) scanner.fail('character that is not allowed in a URI');
    return new SipUri(fields, scanner.slice(start, scanner.end));
  }

  /** Made of its parts; what needs an escape gets one. Without a scheme: `sip`. */
  static of({ scheme = 'sip', user, password, host, port, params = Params.empty, headers = '' }: SipUriInit): SipUri {
    const escapedUser = escapeUser(user);
    const escapedPassword = escapeUser(password);
    return new SipUri({ scheme, escapedUser, escapedPassword, host, port, params, headers, opaque: '' }, undefined);
  }

  /** Whether it is a SIP or SIPS URI. */
  get isSip(): boolean {
    return this.scheme === 'sip' || this.scheme === 'sips';
  }

  /** The user, without escapes; the number of a tel URI as it was written. */
  get user(): string | undefined {
    return this.escapedUser === undefined ? undefined : unescape(this.escapedUser);
  }

  /** Without escapes. */
  get password(): string | undefined {
    return this.escapedPassword === undefined ? undefined : unescape(this.escapedPassword);
  }

  /** The host as it stands in a URI or a Via: IPv6 in brackets. */
  get hostInBrackets(): string {
    return this.host.includes(':') ? `[${this.host}]` : this.host;
  }

  /** A copy with other parts. A part that is given as `undefined` is left out. */
  with(parts: SipUriParts): SipUri {
    const has = (part: keyof SipUriParts): boolean => Object.hasOwn(parts, part);
    const fields: Fields = {
      scheme: parts.scheme ?? this.scheme,
      escapedUser: has('user') ? escapeUser(parts.user) : this.escapedUser,
      escapedPassword: has('password') ? escapeUser(parts.password) : this.escapedPassword,
      host: parts.host ?? this.host,
      port: has('port') ? parts.port : this.port,
      params: parts.params ?? this.params,
      headers: parts.headers ?? this.headers,
      opaque: this.opaque,
    };
    return new SipUri(fields, undefined);
  }

  /** Whether both are the same address by RFC 3261 §19.1.4; tel by RFC 3966 §5, others by their text. Not transitive. */
  equals(other: SipUri): boolean {
    return urisAreEqual(this, other);
  }

  /** As it was received, or made of its parts. */
  toString(): string {
    this.#text ??= this.#format();
    return this.#text;
  }

  #format(): string {
    if (this.opaque !== '') return `${this.scheme}:${this.opaque}`;
    let text = `${this.scheme}:`;
    if (this.escapedUser !== undefined) {
      text += this.escapedUser;
      if (this.escapedPassword !== undefined) text += `:${this.escapedPassword}`;
      if (this.scheme !== 'tel') text += '@';
    }
    text += this.hostInBrackets;
    if (this.port !== undefined) text += `:${this.port}`;
    for (const [name, value] of this.params) {
      text += `;${escape(name, URI_PARAM)}`;
      if (value !== '') text += `=${escape(value, URI_PARAM)}`;
    }
    return this.headers === '' ? text : `${text}?${this.headers}`;
  }
}

const NOTHING: Omit<Fields, 'scheme'> = {
  escapedUser: undefined,
  escapedPassword: undefined,
  host: '',
  port: undefined,
  params: Params.empty,
  headers: '',
  opaque: '',
};

function escapeUser(text: string | undefined): string | undefined {
  return text === undefined ? undefined : escape(text, USER);
}

function readScheme(scanner: Scanner): string {
  const { pos } = scanner;
  const { text } = scanner.source;
  if (text.startsWith('sip:', pos)) {
    scanner.pos += 4;
    return 'sip';
  }
  const colon = text.indexOf(':', pos);
  const scheme = colon < 0 || colon > scanner.end ? '' : text.slice(pos, colon);
  if (!SCHEME.test(scheme)) scanner.fail('URI without a scheme');
  scanner.pos = colon + 1;
  return scheme.toLowerCase();
}

function readSip(scanner: Scanner, scheme: string): Fields {
  const start = scanner.pos;
  const at = findAt(scanner);
  let escapedUser: string | undefined;
  let escapedPassword: string | undefined;
  if (at >= 0) {
    const colon = scanner.source.text.indexOf(':', start);
    const hasPassword = colon >= 0 && colon < at;
    escapedUser = readUserPart(scanner, start, hasPassword ? colon : at);
    if (escapedUser === '') scanner.fail('URI with an empty user');
    if (hasPassword) escapedPassword = readUserPart(scanner, colon + 1, at);
    scanner.pos = at + 1;
  }
  const host = readHost(scanner);
  const port = readPort(scanner);
  const params = Params.readUri(scanner);
  const headers = scanner.peek() === QUESTION_MARK ? readHeaders(scanner) : '';
  return { scheme, escapedUser, escapedPassword, host, port, params, headers, opaque: '' };
}

/** Index of the `@` behind the userinfo, -1 without one. */
function findAt({ bytes, pos, end }: Scanner): number {
  for (let index = pos; index < end; index++) {
    const code = bytes[index] ?? 0;
    if (((CHAR_CLASS[code] ?? 0) & USER) !== 0) continue;
    if (code === AT) return index;
    if (code !== COLON) return -1;
  }
  return -1;
}

function readUserPart(scanner: Scanner, start: number, end: number): string {
  const part = scanner.slice(start, end);
  if (part.includes(':')) scanner.fail('":" in a password', start + part.indexOf(':'));
  const bad = part.includes('%') ? findBadEscape(part) : -1;
  if (bad >= 0) scanner.fail('"%" without two hex digits', start + bad);
  return part;
}

/** Reads a host name or an IP address, IPv6 in brackets, which the result does not have. */
export function readHost(scanner: Scanner): string {
  if (scanner.peek() === OPEN_BRACKET) return readIpv6(scanner);
  const start = scanner.skipClass(HOST);
  if (scanner.pos === start) scanner.fail('host missing');
  return scanner.slice(start, scanner.pos);
}

function readIpv6(scanner: Scanner): string {
  const start = scanner.pos + 1;
  let pos = start;
  while (pos < scanner.end) {
    const code = scanner.bytes[pos] ?? 0;
    if (((CHAR_CLASS[code] ?? 0) & HEX) === 0 && code !== COLON && code !== 46) break;
    pos++;
  }
  if (pos === start) scanner.fail('IPv6 address missing');
  scanner.pos = pos;
  scanner.expect(CLOSE_BRACKET);
  return scanner.slice(start, pos);
}

/** Reads `:port`, if it is there. */
export function readPort(scanner: Scanner): number | undefined {
  if (scanner.peek() !== COLON) return undefined;
  scanner.pos++;
  scanner.skipSpace();
  return scanner.number('port', MAX_PORT);
}

function readHeaders(scanner: Scanner): string {
  scanner.pos++;
  const start = scanner.skipClass(URI_HEADER);
  const headers = scanner.slice(start, scanner.pos);
  const bad = findBadEscape(headers);
  if (headers === '') scanner.fail('"?" without a header in a URI');
  if (bad >= 0) scanner.fail('"%" without two hex digits', start + bad);
  return headers;
}

/** `tel:+49-30-1234;phone-context=…` (RFC 3966 §3). */
function readTel(scanner: Scanner): Fields {
  const start = scanner.skipClass(USER);
  const semicolon = scanner.slice(start, scanner.pos).indexOf(';');
  if (semicolon >= 0) scanner.pos = start + semicolon;
  if (scanner.pos === start) scanner.fail('tel URI without a number');
  const escapedUser = readUserPart(scanner, start, scanner.pos);
  return { ...NOTHING, scheme: 'tel', escapedUser, params: Params.readUri(scanner) };
}

function readOpaque(scanner: Scanner, scheme: string): Fields {
  const opaque = scanner.slice(scanner.pos, scanner.end);
  if (!OPAQUE.test(opaque)) scanner.fail('character that is not allowed in a URI');
  scanner.pos = scanner.end;
  return { ...NOTHING, scheme, opaque };
}
