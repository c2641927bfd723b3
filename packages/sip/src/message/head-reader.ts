import { DIGIT, TOKEN_LOWER, hasClass, isToken } from './char-class.ts';
import { HeaderField } from './header-field.ts';
import { CONTENT_LENGTH, foldHash, stepHash } from './header-name.ts';
import type { ParseLimits } from './parse-limits.ts';
import { ParseError } from './parse-error.ts';
import { Scanner } from './scanner.ts';
import type { SourceText } from './source-text.ts';

/** A request line or a status line. */
export type StartLine =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly uri: string;
      /** Over the URI, whose errors tell the place in the message. */
      readonly uriScanner: Scanner;
      readonly version: string;
    }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const REQUEST_END = ' SIP/2.0';
const STATUS_START = 'SIP/2.0 ';
const VERSION = /^SIP\/\d+\.\d+$/i;

/**
 * Reads the start line and the header lines of a message, once. It goes on behind a fault, so that a request that is
 * malformed can be answered; the first fault is kept.
 */
export class HeadReader {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #bytes: Uint8Array;
  readonly #limits: ParseLimits;
  readonly fields: HeaderField[] = [];
  /** The value of Content-Length, undefined without one. */
  contentLength: number | undefined = undefined;
  /** The first thing that is wrong. */
  fault: ParseError | undefined = undefined;
  #pos = 0;

  constructor(source: SourceText, limits: ParseLimits) {
    this.#source = source;
    this.#text = source.text;
    this.#bytes = source.bytes;
    this.#limits = limits;
  }

  /** Behind the last line that was read: at the end, where the body begins. */
  get pos(): number {
    return this.#pos;
  }

  /** Reads the start line. @throws ParseError when this is no SIP message. */
  readStartLine(): StartLine {
    const text = this.#text;
    // RFC 3261 §7.5: empty lines before the message do not count.
    while (text.startsWith('\r\n', this.#pos)) this.#pos += 2;
    const start = this.#pos;
    const end = this.#lineEnd(start);
    if (end < 0) throw new ParseError('no line end', start);
    const isResponse = text.startsWith(STATUS_START, start) || text.slice(start, start + 4).toUpperCase() === 'SIP/';
    return isResponse ? this.#readStatusLine(start, end) : this.#readRequestLine(start, end);
  }

  /** Reads the header lines and the empty line behind them. */
  readFields(): void {
    const bytes = this.#bytes;
    for (;;) {
      if (bytes[this.#pos] === CR && bytes[this.#pos + 1] === LF) {
        this.#pos += 2;
        return;
      }
      if (!this.#readField()) return;
    }
  }

  /** Notes what is wrong, unless something was before. */
  #report(message: string, offset: number): void {
    this.fault ??= new ParseError(message, offset);
  }

  /** Index behind the text of the line, -1 without a line end; moves to the next line. */
  #lineEnd(from: number): number {
    const lf = this.#text.indexOf('\n', from);
    if (lf < 0) return -1;
    this.#pos = lf + 1;
    if (lf > from && this.#bytes[lf - 1] === CR) return lf - 1;
    this.#report('line that does not end with CR LF', lf);
    return lf;
  }

  #readRequestLine(start: number, end: number): StartLine {
    const text = this.#text;
    const space = text.indexOf(' ', start);
    const method = space < 0 || space > end ? '' : text.slice(start, space);
    if (!isToken(method)) throw new ParseError('neither a request line nor a status line', start);
    if (end - start > this.#limits.maxLineBytes) this.#report('request line is too long', start);
    if (!text.startsWith(REQUEST_END, end - REQUEST_END.length))
      return this.#readOddRequestLine(method, space + 1, end);
    const uriEnd = end - REQUEST_END.length;
    const uri = this.#source.decode(space + 1, uriEnd);
    if (uri === '' || uri.includes(' ')) this.#report('request line with white space too much', space);
    const uriScanner = new Scanner(this.#source, space + 1, uriEnd, 0);
    return { kind: 'request', method, uri, uriScanner, version: '2.0' };
  }

  /** Another version, its name in lower case, or a line with white space where none belongs. */
  #readOddRequestLine(method: string, uriStart: number, end: number): StartLine {
    const [uri = '', version = '', ...more] = this.#source.decode(uriStart, end).split(' ');
    const uriScanner = Scanner.over(uri, uriStart);
    if (uri !== '' && VERSION.test(version) && more.length === 0) {
      return { kind: 'request', method, uri, uriScanner, version: version.slice('SIP/'.length) };
    }
    this.#report('malformed request line', uriStart);
    return { kind: 'request', method, uri, uriScanner, version: '2.0' };
  }

  #readStatusLine(start: number, end: number): StartLine {
    const place = start + STATUS_START.length;
    if (this.#text.slice(start, place).toUpperCase() !== STATUS_START) {
      throw new ParseError('unknown SIP version', start);
    }
    const status = this.#digit(place) * 100 + this.#digit(place + 1) * 10 + this.#digit(place + 2);
    const hasReason = this.#bytes[place + 3] === SPACE;
    // The space must be there even before an empty phrase; peers that leave out both mean the same.
    if (!(status >= 100 && status <= 699) || (!hasReason && place + 3 !== end)) {
      throw new ParseError('malformed status line', place);
    }
    const reason = hasReason ? this.#source.decode(place + 4, end) : '';
    return { kind: 'response', status, reason: reason.replaceAll('\r', ' ') };
  }

  #digit(place: number): number {
    const byte = this.#bytes[place] ?? 0;
    return hasClass(byte, DIGIT) ? byte - 48 : NaN;
  }

  /** Reads one header line with those it is folded over. False at the end of the text. */
  #readField(): boolean {
    const bytes = this.#bytes;
    const start = this.#pos;
    let hash = 0;
    let pos = start;
    for (let lower = lowerAt(bytes, pos); lower !== 0; lower = lowerAt(bytes, ++pos)) hash = stepHash(hash, lower);
    const nameEnd = pos;
    pos = skipSpace(bytes, pos);
    const isNamed = nameEnd > start && bytes[pos] === COLON;
    const valueStart = isNamed ? skipSpace(bytes, pos + 1) : pos;
    let end = this.#lineEnd(pos);
    let isFolded = false;
    while (end >= 0 && isSpace(bytes[this.#pos])) {
      isFolded = true;
      end = this.#lineEnd(this.#pos);
    }
    if (end < 0) {
      this.#report('no empty line behind the headers', this.#text.length);
      return false;
    }
    if (end - start > this.#limits.maxLineBytes) this.#report('header line is too long', start);
    if (!isNamed) {
      this.#report('header line without a name and a colon', start);
      return true;
    }
    while (end > valueStart && isSpace(bytes[end - 1])) end--;
    hash = foldHash(hash, nameEnd - start, bytes[start] ?? 0);
    return this.#add(new HeaderField(hash, this.#source, start, nameEnd, valueStart, end, isFolded), start);
  }

  #add(field: HeaderField, start: number): boolean {
    if (this.fields.length >= this.#limits.maxHeaders) {
      this.#report(`more than ${this.#limits.maxHeaders} header lines`, start);
      return false;
    }
    this.fields.push(field);
    if (field.hash === CONTENT_LENGTH.hash && field.is(CONTENT_LENGTH)) this.#readContentLength(field, start);
    return true;
  }

  #readContentLength(field: HeaderField, start: number): void {
    if (this.contentLength !== undefined) {
      this.#report('more than one Content-Length', start);
      return;
    }
    try {
      const scanner = field.scan();
      this.contentLength = scanner.number('Content-Length', Number.MAX_SAFE_INTEGER);
      scanner.expectEnd();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.fault ??= error;
    }
  }
}

/** The code of a token's character in lower case, 0 for every other and behind the end. */
function lowerAt(bytes: Uint8Array, pos: number): number {
  return TOKEN_LOWER[bytes[pos] ?? 0] ?? 0;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (isSpace(bytes[pos])) pos++;
  return pos;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
