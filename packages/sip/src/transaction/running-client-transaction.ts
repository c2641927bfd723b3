import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Target } from '../transport/flow.ts';
import type { TransportError } from '../transport/transport-error.ts';
import type { SentMessage } from '../transport/transport-layer.ts';
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts';
import type { TransactionContext } from './transaction-context.ts';
import { TransactionTimer, type TimerOwner } from './transaction-timer.ts';

/** What the layer gives each client transaction. */
export interface ClientTransactionContext extends TransactionContext {
  /** The transaction is over and may be forgotten. */
  forget(transaction: ClientTransaction): void;
}

/** What both client transactions have in common: the request as it was sent, and two timers. */
export abstract class RunningClientTransaction<TimerName extends string = string>
  implements ClientTransaction, TimerOwner<TimerName>
{
  readonly request: SipRequest;
  readonly branch: string;
  readonly target: Target;
  protected readonly context: ClientTransactionContext;
  protected readonly user: ClientTransactionUser;
  /** Sends the request again. Only over an unreliable transport. */
  #repeat: TransactionTimer<TimerName> | undefined;
  /** Ends the state that the transaction is in. */
  #deadline: TransactionTimer<TimerName> | undefined;
  #sent: SentMessage | undefined;
  #hasProvisional = false;

  constructor(
    context: ClientTransactionContext,
    user: ClientTransactionUser,
    request: SipRequest,
    branch: string,
    target: Target,
  ) {
    this.context = context;
    this.user = user;
    this.request = request;
    this.branch = branch;
    this.target = target;
  }

  abstract get state(): string;

  get hasProvisional(): boolean {
    return this.#hasProvisional;
  }

  abstract terminate(): void;

  /** Sends the request. @throws ParseError when its header can't be written. */
  abstract start(): void;

  abstract receive(response: SipResponse): void;

  abstract onTimer(name: TimerName): void;

  protected abstract readonly onSendFailure: (error: TransportError) => void;

  /** What it really went out on: the transport may choose another than the target's. */
  protected get isReliable(): boolean {
    return this.context.transport.isReliable((this.#sent?.target ?? this.target).protocol);
  }

  protected send(): void {
    this.#sent = this.context.transport.sendRequest(this.request, this.branch, this.target, this.onSendFailure);
  }

  protected resend(): void {
    if (this.#sent !== undefined) this.context.transport.resend(this.#sent, this.onSendFailure);
  }

  protected noteProvisional(): void {
    this.#hasProvisional = true;
  }

  protected startRepeating(name: TimerName, delayMs: number): void {
    if (this.isReliable) return;
    this.#repeat ??= new TransactionTimer(this, name);
    this.#repeat.delayMs = delayMs;
    this.context.service.start(this.#repeat, delayMs);
  }

  /** Twice the pause before, at most `maxMs`. */
  protected repeatSlower(maxMs: number): void {
    const repeat = this.#repeat;
    if (repeat === undefined) return;
    repeat.delayMs = Math.min(repeat.delayMs * 2, maxMs);
    this.context.service.start(repeat, repeat.delayMs);
  }

  protected startDeadline(name: TimerName, delayMs: number): void {
    this.#deadline ??= new TransactionTimer(this, name);
    this.#deadline.name = name;
    this.context.service.start(this.#deadline, delayMs);
  }

  protected stopTimers(): void {
    this.context.service.stop(this.#repeat);
    this.context.service.stop(this.#deadline);
  }

  protected release(): void {
    this.stopTimers();
    this.context.forget(this);
  }
}
