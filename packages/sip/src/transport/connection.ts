import type { Clock, StreamConnection } from '@groupcall/kernel';
import { ParseError } from '../message/parse-error.ts';
import type { ParseLimits } from '../message/parse-limits.ts';
import { StreamFramer } from '../message/stream-framer.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { Flow } from './flow.ts';
import { TransportError } from './transport-error.ts';
import type { OnSendFailure, TransportHandlers } from './transport.ts';

/** RFC 5626 §4.4.1. */
const PONG = Buffer.from('\r\n');

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly flow: Flow;
  readonly limits: ParseLimits & ConnectionLimits;
  readonly handlers: TransportHandlers;
  /** The peer opened it. */
  readonly isAccepted: boolean;
  /** The first whole message or keep-alive came. */
  readonly onFirstItem: (connection: Connection) => void;
}

/** One stream: what arrives is cut into messages, pings are answered, failures are told to whoever sent. */
export class Connection {
  readonly flow: Flow;
  readonly isAccepted: boolean;
  readonly #options: ConnectionOptions;
  readonly #framer: StreamFramer;
  #stream: StreamConnection | undefined;
  /** Those whose messages may not have left yet. */
  #unsent: OnSendFailure[] = [];
  #isOpen: boolean;
  /** When it was told to close, ms since the epoch. */
  #closingSince: number | undefined;
  #isClosed = false;
  #hasSpoken = false;
  #lastUsedAt: number;
  /** Since when a message is coming in that is not whole yet, ms since the epoch. */
  #partialSince: number | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.flow = options.flow;
    this.isAccepted = options.isAccepted;
    this.#isOpen = options.isAccepted;
    this.#framer = new StreamFramer(options.limits);
    this.#lastUsedAt = options.clock.now();
    this.#partialSince = options.isAccepted ? this.#lastUsedAt : undefined;
  }

  /** The peer opened it and has not said anything yet. */
  get isHalfOpen(): boolean {
    return this.isAccepted && !this.#hasSpoken;
  }

  /** More can be sent on it. */
  get isUsable(): boolean {
    return this.#closingSince === undefined && !this.#isClosed;
  }

  /** Whether it is idle for too long, or a message takes too long to come in, or a peer to close. */
  isStale(now: number): boolean {
    const { idleTimeoutMs, incompleteTimeoutMs } = this.#options.limits;
    if (now - this.#lastUsedAt > idleTimeoutMs) return true;
    const waitsSince = this.#closingSince ?? this.#partialSince;
    return waitsSince !== undefined && now - waitsSince > incompleteTimeoutMs;
  }

  /** Gives it its stream, which exists only once its handlers do. */
  attach(stream: StreamConnection): this {
    this.#stream = stream;
    return this;
  }

  /** Closes it at once. */
  destroy(): void {
    this.#closingSince ??= this.#options.clock.now();
    this.#stream?.destroy();
  }

  send(data: Buffer, onFailure: OnSendFailure): void {
    this.#lastUsedAt = this.#options.clock.now();
    if (!this.isUsable || !this.#write(data)) {
      const { address, port } = this.flow.remote;
      this.#tell(onFailure, new TransportError(`${address}:${port} does not read what it is sent`));
      return;
    }
    this.#unsent.push(onFailure);
    // Mostly everything has left already when the write returns.
    this.#forgetSent();
  }

  /** The peer is there. Until then a failure is one of everything that was written. */
  opened(): void {
    this.#isOpen = true;
    this.#forgetSent();
  }

  /** Everything written so far has left. */
  drained(): void {
    this.#forgetSent();
  }

  /** Takes what arrived. A broken message ends the connection, since nobody knows where the next one would begin. */
  receive(chunk: Buffer): void {
    if (this.#isClosed || this.#closingSince !== undefined) return;
    const { clock, handlers } = this.#options;
    const now = clock.now();
    this.#lastUsedAt = now;
    this.#forgetSent();
    const items = this.#framer.push(chunk);
    if (items.length > 0) this.#partialSince = undefined;
    if (this.#framer.pendingBytes > 0) this.#partialSince ??= now;
    for (const item of items) {
      if (!this.isUsable) return;
      if (item instanceof ParseError) {
        handlers.onMalformed(item, this.flow);
        this.#end();
        return;
      }
      this.#noteItem();
      if (item === 'keep-alive') {
        handlers.onKeepAlive();
        this.#write(PONG);
      } else handlers.onMessage(item, this.flow);
    }
  }

  /** The stream has ended; what had not left did not arrive. */
  closed(cause: Error | undefined): void {
    this.#isClosed = true;
    const unsent = this.#unsent;
    this.#unsent = [];
    if (unsent.length === 0) return;
    const { address, port } = this.flow.remote;
    const what = this.#isOpen ? 'broke' : 'could not be opened';
    const message = `the connection to ${address}:${port} ${what}${cause === undefined ? '' : `: ${cause.message}`}`;
    const error = new TransportError(message, cause === undefined ? {} : { cause });
    for (const onFailure of unsent) this.#tell(onFailure, error);
  }

  /** Sends what waits, then closes. */
  #end(): void {
    this.#closingSince ??= this.#options.clock.now();
    this.#stream?.end();
  }

  /** False when too much waits for the peer; the connection is then closed. */
  #write(data: Buffer): boolean {
    const stream = this.#stream;
    if (stream === undefined) return false;
    if (stream.pendingBytes > this.#options.limits.maxPendingBytes) {
      this.destroy();
      return false;
    }
    stream.write(data);
    return true;
  }

  #forgetSent(): void {
    if (this.#isOpen && this.#unsent.length > 0 && this.#stream?.pendingBytes === 0) this.#unsent = [];
  }

  #noteItem(): void {
    if (this.#hasSpoken) return;
    this.#hasSpoken = true;
    this.#options.onFirstItem(this);
  }

  #tell(onFailure: OnSendFailure, error: TransportError): void {
    this.#options.handlers.onSendFailure();
    queueMicrotask(() => {
      onFailure(error);
    });
  }
}
