import { hashOfName, isSameName, type HeaderName } from './header-name.ts';
import { ParseError } from './parse-error.ts';
import { Scanner } from './scanner.ts';
import type { SourceText } from './source-text.ts';

/** Line breaks with the white space around them: a fold, or a stray CR that must not come out again as a new line. */
const LINE_BREAKS = /[ \t]*[\r\n]+[ \t\r\n]*/g;

/**
 * One header line. Immutable, so that a response shares those it copies. As long as nobody asks for the value there are
 * only the places in the head of the message.
 */
export class HeaderField {
  /** See {@link hashOfName}. */
  readonly hash: number;
  /** What the value was parsed to, kept by the message that asked. Only one form is ever made of one header. */
  parsed: unknown;
  /** Undefined of a line that was not received. */
  readonly #source: SourceText | undefined;
  readonly #nameStart: number;
  readonly #nameEnd: number;
  readonly #valueStart: number;
  readonly #valueEnd: number;
  readonly #isFolded: boolean;
  #name: string | undefined;
  #value: string | undefined;

  /** For the parser: places in the head of a message. */
  constructor(
    hash: number,
    source: SourceText | undefined,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    isFolded: boolean,
  ) {
    this.hash = hash;
    this.parsed = undefined;
    this.#source = source;
    this.#nameStart = nameStart;
    this.#nameEnd = nameEnd;
    this.#valueStart = valueStart;
    this.#valueEnd = valueEnd;
    this.#isFolded = isFolded;
    this.#name = undefined;
    this.#value = undefined;
  }

  /**
   * A line that is to be sent.
   * @throws ParseError when the name is no token, or the value has a line break, with which it would be several lines.
   */
  static of(name: string, value: string): HeaderField {
    const field = new HeaderField(hashOfName(name), undefined, 0, 0, 0, 0, false);
    if (value.includes('\n') || value.includes('\r')) {
      throw new ParseError(`line break in the value of ${name}`, value.search(/[\r\n]/));
    }
    field.#name = name;
    field.#value = value;
    return field;
  }

  /** The name as it was written. */
  get name(): string {
    this.#name ??= this.#source?.text.slice(this.#nameStart, this.#nameEnd) ?? '';
    return this.#name;
  }

  /** The value on one line, without white space around it. */
  get value(): string {
    this.#value ??= this.#readValue();
    return this.#value;
  }

  /** Bytes from the start of the message to this line; 0 of a line that was not received. */
  get offset(): number {
    return this.#nameStart;
  }

  /** Whether this is the header, in any case, in its long or compact form. */
  is(wanted: HeaderName): boolean {
    return this.hash === wanted.hash && isSameName(this.name, wanted);
  }

  /** A scanner over the value, whose errors tell the place in the message. */
  scan(): Scanner {
    if (this.#source === undefined || this.#isFolded) return Scanner.over(this.value, this.#valueStart);
    return new Scanner(this.#source, this.#valueStart, this.#valueEnd, 0);
  }

  #readValue(): string {
    const value = this.#source?.decode(this.#valueStart, this.#valueEnd) ?? '';
    return value.includes('\r') ? value.replace(LINE_BREAKS, ' ').trim() : value;
  }
}
