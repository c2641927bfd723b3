import { isToken, PARAM_VALUE, TOKEN, URI_PARAM } from './char-class.ts';
import { findBadEscape, unescape } from './escape.ts';
import { ParseError } from './parse-error.ts';
import { Scanner } from './scanner.ts';

const QUOTE = 34;
const SEMICOLON = 59;
const EQUALS = 61;

/** Most headers have none to three: a chain of these costs less than an array. */
interface Param {
  readonly name: string;
  /** '' of a flag. */
  readonly value: string;
  next: Param | undefined;
}

/**
 * The `;name=value` list of a header value or a URI, in its order. Immutable. Names are compared without regard to
 * case; a quoted value keeps its quotes.
 */
export class Params {
  static readonly empty = new Params(undefined);

  readonly #first: Param | undefined;

  private constructor(first: Param | undefined) {
    this.#first = first;
  }

  /** From pairs; the value of a flag is ''. */
  static of(pairs: Iterable<readonly [name: string, value: string]>): Params {
    let first: Param | undefined;
    let last: Param | undefined;
    for (const [name, value] of pairs) {
      const param: Param = { name, value, next: undefined };
      if (last === undefined) first = param;
      else last.next = param;
      last = param;
    }
    return first === undefined ? Params.empty : new Params(first);
  }

  /**
   * Reads `;a=b;c`, as it stands behind a header value.
   * @throws ParseError
   */
  static parse(text: string): Params {
    const scanner = Scanner.over(text);
    const params = Params.read(scanner);
    scanner.expectEnd();
    return params;
  }

  /** Reads the parameters of a header value, with white space where the grammar has it. */
  static read(scanner: Scanner): Params {
    scanner.skipSpace();
    if (scanner.peek() !== SEMICOLON) return Params.empty;
    const first = readParam(scanner);
    for (let last = first; scanner.peek() === SEMICOLON;) last = last.next = readParam(scanner);
    return new Params(first);
  }

  /** Reads the parameters of a URI, and puts in the characters for escapes. */
  static readUri(scanner: Scanner): Params {
    if (scanner.peek() !== SEMICOLON) return Params.empty;
    const first = readUriParam(scanner);
    for (let last = first; scanner.peek() === SEMICOLON;) last = last.next = readUriParam(scanner);
    return new Params(first);
  }

  get size(): number {
    let size = 0;
    for (let param = this.#first; param !== undefined; param = param.next) size++;
    return size;
  }

  /** The value, '' for a flag, undefined when there is none of this name. */
  get(name: string): string | undefined {
    for (let param = this.#first; param !== undefined; param = param.next) {
      if (isSame(param.name, name)) return param.value;
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** With the value in the place of the old one, or at the end. '' makes a flag. */
  set(name: string, value = ''): Params {
    let first: Param | undefined;
    let last: Param | undefined;
    let isSet = false;
    for (let param = this.#first; param !== undefined; param = param.next) {
      const isIt = !isSet && isSame(param.name, name);
      const copy: Param = { name: param.name, value: isIt ? value : param.value, next: undefined };
      if (isIt) isSet = true;
      if (last === undefined) first = copy;
      else last.next = copy;
      last = copy;
    }
    if (!isSet) {
      const added: Param = { name, value, next: undefined };
      if (last === undefined) first = added;
      else last.next = added;
    }
    return new Params(first);
  }

  /** Without the parameter of this name. */
  delete(name: string): Params {
    return this.has(name) ? Params.of([...this].filter(([own]) => !isSame(own, name))) : this;
  }

  /** As {@link delete}. */
  without(name: string): Params {
    return this.delete(name);
  }

  /** Names and values in order. */
  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    for (let param = this.#first; param !== undefined; param = param.next) yield [param.name, param.value];
  }

  /** As in a header, with the `;` in front. Values that are neither a token nor quoted get quotes. */
  toString(): string {
    let text = '';
    for (let param = this.#first; param !== undefined; param = param.next) {
      text += param.value === '' ? `;${param.name}` : `;${param.name}=${quoteIfNeeded(param.value)}`;
    }
    return text;
  }
}

function isSame(left: string, right: string): boolean {
  return left === right || (left.length === right.length && left.toLowerCase() === right.toLowerCase());
}

function readParam(scanner: Scanner): Param {
  scanner.pos++;
  scanner.skipSpace();
  const name = scanner.token('name of a parameter');
  scanner.skipSpace();
  const value = scanner.peek() === EQUALS ? readValue(scanner) : '';
  return { name, value, next: undefined };
}

function readValue(scanner: Scanner): string {
  scanner.pos++;
  scanner.skipSpace();
  const start = scanner.pos;
  if (scanner.peek() === QUOTE) scanner.skipQuoted();
  else scanner.skipClass(PARAM_VALUE | TOKEN);
  const value = scanner.textOf(start, scanner.pos);
  scanner.skipSpace();
  return value;
}

function readUriParam(scanner: Scanner): Param {
  scanner.pos++;
  const name = readUriPart(scanner);
  if (scanner.peek() !== EQUALS) return { name, value: '', next: undefined };
  scanner.pos++;
  return { name, value: readUriPart(scanner), next: undefined };
}

function readUriPart(scanner: Scanner): string {
  const start = scanner.skipClass(URI_PARAM);
  if (scanner.pos === start) scanner.fail('empty URI parameter');
  const part = scanner.slice(start, scanner.pos);
  if (!part.includes('%')) return part;
  const bad = findBadEscape(part);
  if (bad >= 0) scanner.fail('"%" without two hex digits', start + bad);
  return unescape(part);
}

function quoteIfNeeded(value: string): string {
  return value.startsWith('"') || isPlain(value) ? value : quote(value);
}

function isPlain(value: string): boolean {
  if (isToken(value)) return true;
  const scanner = Scanner.over(value);
  scanner.skipClass(PARAM_VALUE | TOKEN);
  return scanner.atEnd;
}

/**
 * A text as a quoted string (RFC 3261 §25.1).
 * @throws ParseError when it holds a line break, which would end the header.
 */
export function quote(text: string): string {
  const lineBreak = text.search(/[\r\n]/);
  if (lineBreak >= 0) throw new ParseError('line break in a quoted string', lineBreak);
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
