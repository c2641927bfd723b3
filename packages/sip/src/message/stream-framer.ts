import { DEFAULT_PARSE_LIMITS, type ParseLimits } from './parse-limits.ts';
import { ParseError } from './parse-error.ts';
import { type MessageHead, parseHead, refuse } from './parse-message.ts';
import type { SipRequest, SipResponse } from './sip-message.ts';

/**
 * What a stream brought: a message, a keep-alive that wants to be answered with CRLF (RFC 5626 §4.4.1), or, as the last
 * there will ever be, what is wrong with it.
 */
export type StreamItem = SipRequest | SipResponse | 'keep-alive' | ParseError;

const CR = 13;
const LF = 10;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
const MIN_CAPACITY = 2048;

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §18.3). Pieces of any size give the same items. After an error
 * nobody knows where the next message would begin: the connection is to be closed, and nothing more comes out. Bodies
 * are not copied.
 */
export class StreamFramer {
  readonly #limits: ParseLimits;
  /** What has come and was not given out lies from #start to #end. */
  #buffer: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  /** The buffer is the framer's own, so that more can be written to it. */
  #isOwn = false;
  /** Bytes behind #start in which the end of the head is not. */
  #searched = 0;
  /** A message whose body is still to come. */
  #head: MessageHead | undefined;
  /** One CRLF has come: with another it is a keep-alive, else the answer to one, or nothing. */
  #isHalfKeepAlive = false;
  #hasFailed = false;

  constructor(limits: ParseLimits = DEFAULT_PARSE_LIMITS) {
    this.#limits = limits;
  }

  /** Bytes of a message that has not come whole yet. */
  get pendingBytes(): number {
    return (this.#head?.headBytes ?? 0) + this.#end - this.#start;
  }

  /** Takes what arrived, and gives what it completes. The chunk is the framer's from now on. */
  push(chunk: Buffer): StreamItem[] {
    if (this.#hasFailed) return [];
    this.#append(chunk);
    const items: StreamItem[] = [];
    try {
      for (let item = this.#next(); item !== undefined; item = this.#next()) items.push(item);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      items.push(error);
      this.#fail();
    }
    return items;
  }

  #next(): StreamItem | undefined {
    if (this.#head === undefined) {
      if (this.#skipLineBreaks()) return 'keep-alive';
      this.#head = this.#readHead();
    }
    const { message, contentLength = 0 } = this.#head ?? {};
    if (message === undefined || this.#end - this.#start < contentLength) return undefined;
    if (contentLength > 0) message.body = this.#buffer.subarray(this.#start, this.#start + contentLength);
    this.#start += contentLength;
    this.#head = undefined;
    return message;
  }

  /** True for each second CRLF in a row between messages. */
  #skipLineBreaks(): boolean {
    while (this.#end - this.#start >= 2 && this.#buffer[this.#start] === CR && this.#buffer[this.#start + 1] === LF) {
      this.#start += 2;
      this.#isHalfKeepAlive = !this.#isHalfKeepAlive;
      if (!this.#isHalfKeepAlive) return true;
    }
    return false;
  }

  #readHead(): MessageHead | undefined {
    const pending = this.#buffer.subarray(this.#start, this.#end);
    // A single CR may be the first half of a line break that does not belong to a message.
    if (pending.length === 0 || (pending.length === 1 && pending[0] === CR)) return undefined;
    this.#isHalfKeepAlive = false;
    const end = pending.indexOf(HEAD_END, this.#searched);
    const { maxMessageBytes } = this.#limits;
    if (end > maxMessageBytes || (end < 0 && pending.length > maxMessageBytes)) {
      throw new ParseError('the headers are too large', maxMessageBytes);
    }
    if (end < 0) {
      this.#searched = Math.max(0, pending.length - HEAD_END.length + 1);
      return undefined;
    }
    const head = parseHead(pending.subarray(0, end + HEAD_END.length), this.#limits);
    // RFC 3261 §20.14: on a stream the header must be there, since nothing else tells where the message ends.
    if (head.contentLength === undefined) refuse(new ParseError('Content-Length is missing', end), head.message);
    this.#start += head.headBytes;
    this.#searched = 0;
    return head;
  }

  #append(chunk: Buffer): void {
    const pending = this.#end - this.#start;
    if (pending === 0) {
      this.#buffer = chunk;
      this.#isOwn = false;
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (!this.#isOwn || this.#end + chunk.length > this.#buffer.length) this.#grow(pending + chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** Twice what is needed, so that a stream of small pieces is not copied again and again. */
  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(MIN_CAPACITY, 2 * bytes));
    this.#end = this.#buffer.copy(larger, 0, this.#start, this.#end);
    this.#start = 0;
    this.#buffer = larger;
    this.#isOwn = true;
  }

  #fail(): void {
    this.#hasFailed = true;
    this.#buffer = NOTHING;
    this.#start = 0;
    this.#end = 0;
    this.#head = undefined;
  }
}
