import { isToken } from './char-class.ts';
import { splitCommaList } from './comma-list.ts';
import type { CSeq } from './cseq.ts';
import { HeaderField } from './header-field.ts';
import {
  CALL_ID,
  CONTACT,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  CSEQ,
  EXPIRES,
  FROM,
  type HeaderName,
  headerName,
  MAX_FORWARDS,
  RECORD_ROUTE,
  ROUTE,
  TO,
  VIA,
} from './header-name.ts';
import { readAddress, readAddresses, readCSeqOf, readNumber, readVias } from './header-values.ts';
import type { NameAddr } from './name-addr.ts';
import { ParseError } from './parse-error.ts';
import { reasonPhrase } from './reason-phrase.ts';
import { replyFields } from './reply-fields.ts';
import type { Scanner } from './scanner.ts';
import { SipUri } from './sip-uri.ts';
import type { Via } from './via.ts';

/** A header line: its name and its value. */
export type HeaderLine = readonly [name: string, value: string];

const EMPTY_BODY = Buffer.alloc(0);
const MAX_EXPIRES_S = 2 ** 32 - 1;
const MAX_HOPS = 255;

/**
 * A request or a response. Header lines keep their order, their spelling and the lines nobody knows. A value is read when
 * it is asked for, and what it was read to is kept until the header is changed.
 */
export abstract class SipMessage {
  /** Exactly the bytes; empty when there are none. */
  body: Buffer;
  #fields: HeaderField[];

  /** For the parser, and for `create` of the subclasses. */
  protected constructor(fields: HeaderField[], body: Buffer) {
    this.#fields = fields;
    this.body = body;
  }

  /** The first line, without its end. */
  abstract get startLine(): string;

  /** All header lines, in order, as they are. */
  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  /** The header lines as pairs of name and value, in order. */
  headers(): HeaderLine[] {
    return this.#fields.map(({ name, value }): HeaderLine => [name, value]);
  }

  /** The first value of a header, undefined without one. The name may have any case, and be long or compact. */
  header(name: string): string | undefined {
    return this.#find(headerName(name))?.value;
  }

  /** The value of each line of this header, as it was received but on one line. */
  headerValues(name: string): readonly string[] {
    const values: string[] = [];
    const wanted = headerName(name);
    for (const field of this.#fields) if (field.is(wanted)) values.push(field.value);
    return values;
  }

  /**
   * The values of this header over all its lines; a line is split at its commas when the header is a list.
   * @throws ParseError for a quote that is not closed.
   */
  headerList(name: string): readonly string[] {
    const wanted = headerName(name);
    const list: string[] = [];
    for (const field of this.#fields) {
      if (!field.is(wanted)) continue;
      if (wanted.isList) list.push(...splitCommaList(field.value));
      else list.push(field.value);
    }
    return list;
  }

  /** How many lines there are of this header. */
  headerCount(name: string): number {
    const wanted = headerName(name);
    let count = 0;
    for (const field of this.#fields) if (field.is(wanted)) count++;
    return count;
  }

  /**
   * Replaces all lines of this header, in the place of the first, or at the end.
   * @throws ParseError for a line break in a value, or a name that is no token.
   */
  setHeader(name: string, value: string | readonly string[]): void {
    const lines = (typeof value === 'string' ? [value] : value).map((line) => HeaderField.of(name, line));
    const wanted = headerName(name);
    const index = this.#fields.findIndex((field) => field.is(wanted));
    if (index < 0) {
      this.#fields.push(...lines);
      return;
    }
    const rest = this.#fields.slice(index).filter((field) => !field.is(wanted));
    this.#fields = [...this.#fields.slice(0, index), ...lines, ...rest];
  }

  /** Adds a line at the end. Throws as {@link setHeader}. */
  addHeader(name: string, value: string): void {
    this.#fields.push(HeaderField.of(name, value));
  }

  /** Adds a line before all others. Throws as {@link setHeader}. */
  prependHeader(name: string, value: string): void {
    this.#fields.unshift(HeaderField.of(name, value));
  }

  /** Removes all lines of this header. */
  removeHeader(name: string): void {
    const wanted = headerName(name);
    this.#fields = this.#fields.filter((field) => !field.is(wanted));
  }

  /** Puts another Via in the place of the topmost one. */
  replaceTopVia(via: Via): void {
    const index = this.#fields.findIndex((field) => field.is(VIA));
    const field = this.#fields[index];
    if (field === undefined) throw new ParseError('Via is missing', 0);
    const vias = readVias(field).with(0, via);
    const top = HeaderField.of('Via', vias.length === 1 ? via.toString() : vias.join(', '));
    top.parsed = vias;
    this.#fields[index] = top;
  }

  /**
   * The first line of a header.
   * @throws ParseError when there is none.
   */
  field(name: HeaderName): HeaderField {
    return this.#find(name) ?? missing(name);
  }

  /** The topmost Via. @throws ParseError when it is missing or malformed, as all those below. */
  get via(): Via {
    const top = readVias(this.field(VIA))[0];
    return top ?? missing(VIA);
  }

  /** All Vias, the topmost first. */
  get vias(): Via[] {
    const vias: Via[] = [];
    for (const field of this.#fields) if (field.is(VIA)) vias.push(...readVias(field));
    return vias;
  }

  get from(): NameAddr {
    return readAddress(this.field(FROM));
  }

  get to(): NameAddr {
    return readAddress(this.field(TO));
  }

  get callId(): string {
    return this.field(CALL_ID).value;
  }

  get cseq(): CSeq {
    return readCSeqOf(this.field(CSEQ));
  }

  /** All Contacts; none for `Contact: *` (RFC 3261 §10.2.2), which `header('Contact')` tells. */
  get contacts(): NameAddr[] {
    return this.#addresses(CONTACT);
  }

  get routes(): NameAddr[] {
    return this.#addresses(ROUTE);
  }

  get recordRoutes(): NameAddr[] {
    return this.#addresses(RECORD_ROUTE);
  }

  /** 0 to 255; undefined when there is none. */
  get maxForwards(): number | undefined {
    const field = this.#find(MAX_FORWARDS);
    return field && readNumber(field, MAX_FORWARDS, MAX_HOPS);
  }

  /** In seconds, at most 2**32-1, however large it was sent; undefined when there is none. */
  get expires(): number | undefined {
    const field = this.#find(EXPIRES);
    return field && Math.min(readNumber(field, EXPIRES, Infinity), MAX_EXPIRES_S);
  }

  /** The media type in lower case, without its parameters; undefined when there is none. */
  get contentType(): string | undefined {
    const value = this.#find(CONTENT_TYPE)?.value;
    if (value === undefined) return undefined;
    const semicolon = value.indexOf(';');
    return (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  }

  /** The message as it is sent. Content-Length is that of the body, whatever the headers say. */
  toBuffer(): Buffer {
    let head = `${this.startLine}\r\n`;
    for (const field of this.#fields) {
      if (field.hash !== CONTENT_LENGTH.hash || !field.is(CONTENT_LENGTH)) head += `${field.name}: ${field.value}\r\n`;
    }
    const { body } = this;
    head += `Content-Length: ${body.length}\r\n\r\n`;
    if (body.length === 0) return Buffer.from(head);
    const headBytes = Buffer.byteLength(head);
    const data = Buffer.allocUnsafe(headBytes + body.length);
    data.write(head);
    body.copy(data, headBytes);
    return data;
  }

  #find(wanted: HeaderName): HeaderField | undefined {
    const { hash } = wanted;
    for (const field of this.#fields) if (field.hash === hash && field.is(wanted)) return field;
    return undefined;
  }

  #addresses(wanted: HeaderName): NameAddr[] {
    const addresses: NameAddr[] = [];
    for (const field of this.#fields) {
      if (field.hash === wanted.hash && field.is(wanted)) addresses.push(...readAddresses(field));
    }
    return addresses;
  }
}

/** What a request is made of. */
export interface SipRequestParts {
  readonly method: string;
  readonly uri: SipUri | string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: Buffer | string;
}

export class SipRequest extends SipMessage {
  readonly method: string;
  /** The Request-URI as it was sent. */
  readonly rawUri: string;
  /** What it is read from when it is asked for, or what was read. */
  #uri: Scanner | SipUri;

  /** For the parser. */
  constructor(method: string, rawUri: string, uri: Scanner | SipUri, fields: HeaderField[], body: Buffer) {
    super(fields, body);
    this.method = method;
    this.rawUri = rawUri;
    this.#uri = uri;
  }

  /**
   * A request with these headers and no other.
   * @throws ParseError for a method or a header name that is no token, and for a line break in a value.
   */
  static create({ method, uri, headers = [], body }: SipRequestParts): SipRequest {
    if (!isToken(method)) throw new ParseError('the method is no token', 0);
    const parsed = typeof uri === 'string' ? SipUri.parse(uri) : uri;
    return new SipRequest(method, parsed.toString(), parsed, makeFields(headers), asBody(body));
  }

  /** The Request-URI. @throws ParseError when it is malformed. */
  get uri(): SipUri {
    if (this.#uri instanceof SipUri) return this.#uri;
    const uri = SipUri.read(this.#uri.copy());
    this.#uri = uri;
    return uri;
  }

  get startLine(): string {
    return `${this.method} ${this.rawUri} SIP/2.0`;
  }
}

/** What a response is made of. */
export interface SipResponseParts {
  readonly status: number;
  /** By default that of the registry. */
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderLine[];
  readonly body?: Buffer | string;
}

/** What a response has beside what it takes over from its request. */
export interface ReplyOptions {
  /** The tag for To, where the request has none. */
  readonly toTag?: string | undefined;
  readonly headers?: readonly HeaderLine[];
  readonly body?: Buffer | string | undefined;
}

export class SipResponse extends SipMessage {
  readonly status: number;
  readonly reason: string;

  /** For the parser. */
  constructor(status: number, reason: string, fields: HeaderField[], body: Buffer) {
    super(fields, body);
    this.status = status;
    this.reason = reason;
  }

  /**
   * A response with these headers and no other.
   * @throws ParseError for a status out of range, and as {@link SipRequest.create}.
   */
  static create({ status, reason, headers = [], body }: SipResponseParts): SipResponse {
    return new SipResponse(checkStatus(status), makeReason(status, reason), makeFields(headers), asBody(body));
  }

  /**
   * The response to a request (RFC 3261 §8.2.6.2): the Vias, From, To, Call-ID and CSeq are the request's, and so are the
   * Timestamp of a 100 and the Record-Route where a dialog may come of it. Works also for a request that is malformed.
   */
  static replyTo(request: SipRequest, status: number, reason?: string, options: ReplyOptions = {}): SipResponse {
    const fields = replyFields(request.fields, request.method, status, options.toTag);
    for (const [name, value] of options.headers ?? []) fields.push(HeaderField.of(name, value));
    return new SipResponse(checkStatus(status), makeReason(status, reason), fields, asBody(options.body));
  }

  get startLine(): string {
    return `SIP/2.0 ${this.status} ${this.reason}`;
  }
}

function missing({ name }: HeaderName): never {
  throw new ParseError(`${name} is missing`, 0);
}

function makeFields(headers: readonly HeaderLine[]): HeaderField[] {
  const fields: HeaderField[] = [];
  for (const [name, value] of headers) fields.push(HeaderField.of(name, value));
  return fields;
}

function asBody(body: Buffer | string | undefined): Buffer {
  if (body === undefined) return EMPTY_BODY;
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function checkStatus(status: number): number {
  if (Number.isInteger(status) && status >= 100 && status <= 699) return status;
  throw new ParseError(`status ${status} is not within 100 to 699`, 0);
}

function makeReason(status: number, reason = reasonPhrase(status)): string {
  if (reason.includes('\r') || reason.includes('\n')) throw new ParseError('line break in a reason phrase', 0);
  return reason;
}
