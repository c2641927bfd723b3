import { CHAR_CLASS, DIGIT, TOKEN } from './char-class.ts';
import { ParseError } from './parse-error.ts';
import { SourceText } from './source-text.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** A place in a text, that moves on as the text is read. The functions that read headers and URIs share it. */
export class Scanner {
  readonly source: SourceText;
  /** One for each character of the source's text. */
  readonly bytes: Uint8Array;
  /** Index of the next byte. */
  pos: number;
  /** Index behind the last byte that may be read. */
  end: number;
  /** Added to the offset of errors. */
  readonly #base: number;

  constructor(source: SourceText, pos: number, end: number, base: number) {
    this.source = source;
    this.bytes = source.bytes;
    this.pos = pos;
    this.end = end;
    this.#base = base;
  }

  /** Over a whole text. `base` is added to the offset of errors. */
  static over(text: string, base = 0): Scanner {
    const source = SourceText.of(text);
    return new Scanner(source, 0, source.bytes.length, base);
  }

  /** Another one at the same place. */
  copy(): Scanner {
    return new Scanner(this.source, this.pos, this.end, this.#base);
  }

  get atEnd(): boolean {
    return this.pos >= this.end;
  }

  /** The next byte, -1 at the end. */
  peek(): number {
    return this.pos < this.end ? (this.bytes[this.pos] ?? -1) : -1;
  }

  /** What stands between two places. Characters beyond ASCII are as many as they have bytes; see {@link textOf}. */
  slice(start: number, end: number): string {
    return this.source.text.slice(start, end);
  }

  /** What stands between two places, as people write it. */
  textOf(start: number, end: number): string {
    return this.source.decode(start, end);
  }

  /** Moves over spaces and tabs. */
  skipSpace(): void {
    const { bytes, end } = this;
    let { pos } = this;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte !== SPACE && byte !== TAB) break;
      pos++;
    }
    this.pos = pos;
  }

  /** Moves over the characters of a class, and returns the index where they began. */
  skipClass(bit: number): number {
    const { bytes, end, pos: start } = this;
    let pos = start;
    while (pos < end && ((CHAR_CLASS[bytes[pos] ?? 0] ?? 0) & bit) !== 0) pos++;
    this.pos = pos;
    return start;
  }

  /** Reads a token. */
  token(what: string): string {
    const start = this.skipClass(TOKEN);
    if (this.pos === start) this.fail(`${what} missing`);
    return this.source.text.slice(start, this.pos);
  }

  /** Reads a whole number of at most `max`. */
  number(what: string, max: number): number {
    const { bytes, end, pos: start } = this;
    let value = 0;
    let pos = start;
    for (; pos < end; pos++) {
      const byte = bytes[pos] ?? 0;
      if (((CHAR_CLASS[byte] ?? 0) & DIGIT) === 0) break;
      value = value * 10 + byte - 48;
    }
    if (pos === start) this.fail(`${what} is not a number`);
    if (value > max) this.fail(`${what} is over ${max}`);
    this.pos = pos;
    return value;
  }

  /** Moves over the character `code`, which must come next. */
  expect(code: number): void {
    if (this.peek() !== code) this.fail(`"${String.fromCharCode(code)}" expected`);
    this.pos++;
  }

  /** Moves behind a quoted string that begins here. True when it holds a backslash. */
  skipQuoted(): boolean {
    const { bytes, end } = this;
    let escapes = false;
    for (let pos = this.pos + 1; pos < end; pos++) {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.pos = pos + 1;
        return escapes;
      }
      if (byte === BACKSLASH) {
        escapes = true;
        pos++;
      } else if (byte === LF || byte === CR) {
        this.fail('line break in a quoted string', pos);
      }
    }
    return this.fail('quoted string without its end');
  }

  /** Only white space may be left. */
  expectEnd(): void {
    if (this.pos < this.end) this.skipSpace();
    if (this.pos < this.end) this.fail(`unexpected ${describe(this.peek())}`);
  }

  /** @throws ParseError always. */
  fail(message: string, pos = this.pos): never {
    throw new ParseError(message, this.#base + pos);
  }
}

/** A character as it may stand in an error, which may end up in a reason phrase. */
function describe(byte: number): string {
  return byte >= SPACE && byte < 127 ? `"${String.fromCharCode(byte)}"` : `byte ${byte}`;
}
