import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Bytes with a string of one character for each of them: the bytes are faster to look at, the string is faster to cut.
 * What was cut is put right by {@link decode} where characters beyond ASCII may occur.
 */
export class SourceText {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly #isAscii: boolean;

  private constructor(bytes: Uint8Array, text: string, ascii: boolean) {
    this.bytes = bytes;
    this.text = text;
    this.#isAscii = ascii;
  }

  /** The first `length` bytes of a message. */
  static ofBytes(data: Buffer, length: number): SourceText {
    return new SourceText(data, data.toString('latin1', 0, length), isAscii(data));
  }

  static of(text: string): SourceText {
    const bytes = Buffer.from(text);
    const ascii = bytes.length === text.length;
    return new SourceText(bytes, ascii ? text : bytes.toString('latin1'), ascii);
  }

  /** What stands between two places: UTF-8, or Latin-1 where it is not. */
  decode(start: number, end: number): string {
    const text = this.text.slice(start, end);
    if (this.#isAscii) return text;
    const bytes = this.bytes.subarray(start, end);
    return !isAscii(bytes) && isUtf8(bytes)
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
      : text;
  }
}
