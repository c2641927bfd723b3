import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow } from '../transport/flow.ts';
import type { TransportError } from '../transport/transport-error.ts';
import type { SentMessage } from '../transport/transport-layer.ts';
import type { TransactionContext } from './transaction-context.ts';
import type { QueuedTimer } from './timer-queue.ts';

/** What the layer gives each server transaction. */
export interface ServerTransactionContext extends TransactionContext {
  /** The transaction is over and may be forgotten. */
  forget(transaction: ServerTransaction): void;
  /** An ACK to a 2xx of ours came under the INVITE's own branch. */
  passAck(ack: SipRequest, flow: Flow): void;
}

/** A request that came (RFC 3261 §17.2). Its user answers it with {@link respond} and may set the handlers. */
export abstract class ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Under which the layer finds it. */
  readonly key: string;
  /** Under which the layer recognises the same request that came another way (RFC 3261 §8.2.2.2); `''`: not at all. */
  readonly mergeKey: string;
  /** A response did not leave. Told once; the transaction goes on (RFC 6026 §8.8), since the next one may. */
  onTransportError: (error: TransportError) => void = ignore;
  /**
   * Nothing is waited for any more: the ACK to our final response other than 2xx (timer H), or, for a request other than
   * INVITE, that response itself, which no client waits for after 64*T1.
   */
  onTimeout: () => void = ignore;
  /** Comes last. */
  onTerminated: () => void = ignore;
  protected readonly context: ServerTransactionContext;
  #lastSent: SentMessage | undefined;
  #lastResponse: SipResponse | undefined;
  #toldTransportError = false;

  constructor(context: ServerTransactionContext, request: SipRequest, flow: Flow, key: string, mergeKey: string) {
    this.context = context;
    this.request = request;
    this.flow = flow;
    this.key = key;
    this.mergeKey = mergeKey;
  }

  abstract get state(): string;

  /** The To-tag of the last response, by which the ACK of an RFC 2543 client is known (RFC 3261 §17.2.3). */
  get responseTag(): string | undefined {
    return this.#lastResponse?.to.tag;
  }

  /**
   * Sends a response. One that makes no sense in this state any more is ignored and counted. The very same response again is
   * sent as the bytes that it was sent as.
   */
  abstract respond(response: SipResponse): void;

  /** The user has had the request: what waits for its answer begins, unless it has answered already. */
  abstract wait(): void;

  /** The request came again, or (for an INVITE) its ACK. */
  abstract receive(request: SipRequest, flow: Flow): void;

  /** Ends it without a word: the layer closes. */
  abstract abandon(): void;

  protected abstract readonly onSendFailure: (error: TransportError) => void;

  protected get isReliable(): boolean {
    return this.context.transport.isReliable(this.flow.protocol);
  }

  protected get hasResponded(): boolean {
    return this.#lastSent !== undefined;
  }

  protected send(response: SipResponse): void {
    if (response === this.#lastResponse) {
      this.sendAgain();
      return;
    }
    this.#lastSent = this.context.transport.sendResponse(response, this.flow, this.onSendFailure);
    this.#lastResponse = response;
  }

  protected sendAgain(): void {
    if (this.#lastSent !== undefined) this.context.transport.resend(this.#lastSent, this.onSendFailure);
  }

  protected tellTransportError(error: TransportError): void {
    if (this.#toldTransportError) return;
    this.#toldTransportError = true;
    this.context.guard.tellTransportError(this, error);
  }

  protected stop(...timers: readonly (QueuedTimer | undefined)[]): void {
    for (const timer of timers) this.context.service.stop(timer);
  }
}

function ignore(): void {
  // The user does not want to know.
}
