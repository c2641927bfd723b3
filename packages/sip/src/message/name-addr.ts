import { CHAR_CLASS, TOKEN } from './char-class.ts';
import { Params, quote } from './params.ts';
import { Scanner } from './scanner.ts';
import { SipUri } from './sip-uri.ts';

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const SEMICOLON = 59;
const LESS_THAN = 60;
const QUESTION_MARK = 63;

/** An address with its display name and parameters: the value of From, To, Contact, Route and the like. Immutable. */
export class NameAddr {
  /** Without quotes and escapes; '' when there is none. */
  readonly displayName: string;
  readonly uri: SipUri;
  /** The parameters of the header, which stand outside of `<>`. */
  readonly params: Params;

  constructor(displayName: string, uri: SipUri, params = Params.empty) {
    this.displayName = displayName;
    this.uri = uri;
    this.params = params;
  }

  static of({ displayName = '', uri, params = Params.empty }: NameAddrParts): NameAddr {
    return new NameAddr(displayName, uri, params);
  }

  /**
   * Reads one address, with or without `<>`.
   * @throws ParseError
   */
  static parse(text: string): NameAddr {
    const scanner = Scanner.over(text);
    return NameAddr.readOnly(scanner);
  }

  /**
   * Reads a list, split by commas; '' is an empty one.
   * @throws ParseError
   */
  static parseList(text: string): NameAddr[] {
    return text.trim() === '' ? [] : NameAddr.readList(Scanner.over(text));
  }

  /** Reads the address that fills the scanner's text. */
  static readOnly(scanner: Scanner): NameAddr {
    const address = NameAddr.read(scanner);
    scanner.expectEnd();
    return address;
  }

  /** Reads the list that fills the scanner's text. */
  static readList(scanner: Scanner): NameAddr[] {
    const list = [NameAddr.read(scanner)];
    while (scanner.peek() === COMMA) {
      scanner.pos++;
      list.push(NameAddr.read(scanner));
    }
    scanner.expectEnd();
    return list;
  }

  /** Reads one address, up to a comma or the end. */
  static read(scanner: Scanner): NameAddr {
    scanner.skipSpace();
    const displayName = readDisplayName(scanner);
    const uri = scanner.peek() === LESS_THAN ? readInBrackets(scanner) : readBare(scanner);
    return new NameAddr(displayName, uri, Params.read(scanner));
  }

  /** The `tag` parameter; undefined when it is missing or empty. */
  get tag(): string | undefined {
    const tag = this.params.get('tag');
    return tag === '' ? undefined : tag;
  }

  /** A copy with this tag. */
  withTag(tag: string): NameAddr {
    return new NameAddr(this.displayName, this.uri, this.params.set('tag', tag));
  }

  /** Always with `<>`, so that the parameters of the URI and those of the header stay apart (RFC 3261 §20.10). */
  toString(): string {
    const address = `<${this.uri.toString()}>${this.params.toString()}`;
    return this.displayName === '' ? address : `${quote(this.displayName)} ${address}`;
  }
}

/** What an address is made of. */
export interface NameAddrParts {
  readonly displayName?: string;
  readonly uri: SipUri;
  readonly params?: Params;
}

/** Moves to the `<` or to the start of a URI without brackets. */
function readDisplayName(scanner: Scanner): string {
  const { pos: start } = scanner;
  const first = scanner.peek();
  if (first === LESS_THAN) return '';
  if (first === QUOTE) {
    const escapes = scanner.skipQuoted();
    const quoted = scanner.textOf(start + 1, scanner.pos - 1);
    scanner.skipSpace();
    if (scanner.peek() !== LESS_THAN) scanner.fail('"<" expected behind a display name');
    return escapes ? quoted.replace(/\\([^])/g, '$1') : quoted;
  }
  return readPlainName(scanner);
}

/** Tokens; characters beyond ASCII ought to be quoted, and are taken as they are. */
function readPlainName(scanner: Scanner): string {
  const { bytes, pos: start, end } = scanner;
  for (let pos = start; pos < end; pos++) {
    const code = bytes[pos] ?? 0;
    if (code === COLON) return '';
    if (code === LESS_THAN) {
      scanner.pos = pos;
      return scanner.textOf(start, pos).trimEnd();
    }
    if (code < 128 && ((CHAR_CLASS[code] ?? 0) & TOKEN) === 0 && code !== SPACE && code !== TAB) {
      scanner.fail('character that must be quoted in a display name', pos);
    }
  }
  return scanner.fail('neither a URI nor "<"');
}

function readInBrackets(scanner: Scanner): SipUri {
  const { end } = scanner;
  const close = scanner.source.text.indexOf('>', scanner.pos);
  if (close < 0 || close >= end) scanner.fail('"<" without ">"');
  scanner.pos++;
  scanner.end = close;
  const uri = SipUri.read(scanner);
  scanner.end = end;
  scanner.pos = close + 1;
  return uri;
}

/** Without brackets a `;` begins the parameters of the header, and `?` and `,` may not be in the URI (RFC 3261 §20). */
function readBare(scanner: Scanner): SipUri {
  const { bytes, end, pos: start } = scanner;
  let pos = start;
  for (; pos < end; pos++) {
    const code = bytes[pos];
    if (code === SEMICOLON || code === COMMA || code === SPACE || code === TAB) break;
    if (code === QUESTION_MARK) scanner.fail('a URI with "?" must stand in "<>"', pos);
  }
  scanner.end = pos;
  const uri = SipUri.read(scanner);
  scanner.end = end;
  return uri;
}
