import type { Clock, IdSource, Logger } from '@groupcall/kernel';
import { type HeaderLine, type SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow, Target } from '../transport/flow.ts';
import { TransportError } from '../transport/transport-error.ts';
import type { OnSendFailure } from '../transport/transport.ts';
import type { SentRequest, TransportLayer } from '../transport/transport-layer.ts';
import type { ClientTransaction, ClientTransactionUser } from './client-transaction.ts';
import { InviteClientTransaction } from './invite-client-transaction.ts';
import { InviteServerTransaction } from './invite-server-transaction.ts';
import { NonInviteClientTransaction } from './non-invite-client-transaction.ts';
import { NonInviteServerTransaction } from './non-invite-server-transaction.ts';
import type { ClientTransactionContext, RunningClientTransaction } from './running-client-transaction.ts';
import { ServerTable } from './server-table.ts';
import type { ServerTransaction, ServerTransactionContext } from './server-transaction.ts';
import { type TimerConfig, timerConfig } from './timer-config.ts';
import { TimerService } from './timer-service.ts';
import { type TransactionCounters, zeroCounters } from './transaction-counters.ts';
import { TransactionError } from './transaction-error.ts';
import { clientKey, MAGIC_COOKIE, serverKey } from './transaction-key.ts';
import { DEFAULT_TRANSACTION_LIMITS, type TransactionLimits } from './transaction-limits.ts';
import { UserGuard } from './user-guard.ts';

export type { TransactionLimits };

export interface TransactionLayerOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly transport: TransportLayer;
  readonly timers?: Partial<TimerConfig>;
  readonly limits?: Partial<TransactionLimits>;
}

/** What is alive. */
export interface TransactionSizes {
  readonly clients: number;
  readonly servers: number;
}

/** 16 characters hold over 80 random bits, so no branch comes twice (RFC 3261 §8.1.1.7). */
const BRANCH_LENGTH = 16;
const TAG_LENGTH = 16;

/** The transaction layer (RFC 3261 §17): finds the transaction of what comes, makes one for what is new. */
export class TransactionLayer {
  readonly counters: TransactionCounters = zeroCounters();
  /** A request that is new: no retransmission, none that came another way too, no ACK. It has to be answered. */
  onRequest: (transaction: ServerTransaction, request: SipRequest) => void = () => undefined;
  /** The ACK to a 2xx: it belongs to no transaction. */
  onAck: (ack: SipRequest, flow: Flow) => void = () => undefined;
  /** A response that belongs to no transaction (any more). */
  onStrayResponse: (response: SipResponse, flow: Flow) => void = () => undefined;
  readonly #ids: IdSource;
  readonly #transport: TransportLayer;
  readonly #limits: TransactionLimits;
  readonly #service: TimerService;
  readonly #guard: UserGuard;
  readonly #clients = new Map<string, RunningClientTransaction>();
  readonly #servers = new ServerTable();
  readonly #clientContext: ClientTransactionContext;
  readonly #serverContext: ServerTransactionContext;
  /** The To-tag of what is refused without a transaction: a retransmission must get the same (RFC 3261 §8.2.7). */
  readonly #refusalTag: string;
  #closed = false;

  /** @throws TransactionError for a timer that is not a number above 0. */
  constructor(options: TransactionLayerOptions) {
    const { clock, ids, logger, transport } = options;
    this.#ids = ids;
    this.#transport = transport;
    this.#limits = { ...DEFAULT_TRANSACTION_LIMITS, ...options.limits };
    this.#service = new TimerService(clock);
    this.#guard = new UserGuard(logger, this.counters);
    this.#refusalTag = ids.token(TAG_LENGTH);
    const shared = {
      transport,
      timers: timerConfig(options.timers),
      service: this.#service,
      guard: this.#guard,
      counters: this.counters,
    };
    this.#clientContext = { ...shared, forget: this.#forgetClient };
    this.#serverContext = { ...shared, forget: this.#forgetServer, passAck: this.#passAck };
    transport.onRequest = this.#onRequest;
    transport.onResponse = this.#onResponse;
  }

  /** Transactions that are alive. */
  get sizes(): TransactionSizes {
    return { clients: this.#clients.size, servers: this.#servers.size };
  }

  /** Timers that run for them. */
  get timers(): number {
    return this.#service.running;
  }

  /** Forgets everything. Nobody is told. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const transaction of [...this.#clients.values()]) transaction.terminate();
    for (const transaction of this.#servers.clear()) transaction.abandon();
    this.#service.close();
  }

  /**
   * Sends any request but an ACK. What comes of it is told to `user`, never from within this call.
   * @param branch that of the INVITE, for a CANCEL (RFC 3261 §9.1); a new one when absent.
   * @throws TransactionError for an ACK, and for a branch that is in use.
   */
  request(
    request: SipRequest,
    target: Target,
    user: ClientTransactionUser,
    { branch = this.#newBranch() }: { readonly branch?: string } = {},
  ): ClientTransaction {
    const { method } = request;
    if (method === 'ACK') throw new TransactionError('an ACK is no transaction', { help: 'Send it with sendAck.' });
    const key = clientKey(branch, method);
    if (this.#clients.has(key)) {
      throw new TransactionError(`a ${method} with the branch ${branch} is on its way already`, {
        help: 'Only a CANCEL takes a branch that is in use: once, that of its INVITE.',
      });
    }
    const Transaction = method === 'INVITE' ? InviteClientTransaction : NonInviteClientTransaction;
    const transaction = new Transaction(this.#clientContext, user, request, branch, target);
    if (this.#closed || this.#clients.size >= this.#limits.maxClientTransactions) {
      this.#refuseToSend(transaction, user);
      return transaction;
    }
    transaction.start();
    this.#clients.set(key, transaction);
    this.counters.clientTransactions++;
    return transaction;
  }

  /** Sends the ACK to a 2xx, which is no transaction (RFC 3261 §13.2.2.4). */
  sendAck(ack: SipRequest, target: Target, onFailure: OnSendFailure = () => undefined): SentRequest {
    return this.#transport.sendRequest(ack, this.#newBranch(), target, onFailure);
  }

  /** The INVITE that a CANCEL is for (RFC 3261 §9.2), also when it has its final response. */
  findInviteFor(cancel: SipRequest): ServerTransaction | undefined {
    return this.#servers.findInviteFor(cancel);
  }

  #newBranch(): string {
    return MAGIC_COOKIE + this.#ids.token(BRANCH_LENGTH);
  }

  #refuseToSend(transaction: RunningClientTransaction, user: ClientTransactionUser): void {
    this.counters.refusedWhenFull++;
    transaction.terminate();
    const error = this.#closed
      ? new TransportError('the transaction layer is closed', { help: 'Send nothing after it is closed.' })
      : new TransportError('there are too many requests on their way', { help: 'Try again in a moment.' });
    queueMicrotask(() => {
      this.#guard.tellTransportError(user, error);
      this.#guard.tellTerminated(user);
    });
  }

  readonly #onRequest = (request: SipRequest, flow: Flow): void => {
    if (this.#closed) return;
    const key = serverKey(request);
    const known = this.#servers.find(key, request);
    if (known !== undefined) {
      if (request.method !== 'ACK') this.counters.retransmissions++;
      known.receive(request, flow);
    } else if (request.method === 'ACK') this.#onStrayAck(request, flow);
    else if (this.#isFullFor(request)) this.#refuse(request, flow);
    else this.#accept(request, flow, key);
  };

  #accept(request: SipRequest, flow: Flow, key: string): void {
    const { key: merge, isMerged } = this.#servers.merging(request);
    const Transaction = request.method === 'INVITE' ? InviteServerTransaction : NonInviteServerTransaction;
    const transaction = new Transaction(this.#serverContext, request, flow, key, isMerged ? '' : merge);
    this.#servers.add(transaction);
    this.counters.serverTransactions++;
    if (isMerged) {
      this.counters.merged++;
      transaction.respond(this.#reply(request, 482));
      return;
    }
    try {
      this.onRequest(transaction, request);
    } catch (error) {
      this.#guard.failed(error);
      // After a final response of the user this one is ignored.
      transaction.respond(this.#reply(request, 500));
    }
    transaction.wait();
  }

  #isFullFor(request: SipRequest): boolean {
    const { maxServerTransactions: max } = this.#limits;
    const isNeeded = request.method === 'CANCEL' || request.to.tag !== undefined;
    return this.#servers.size >= (isNeeded ? max : max - Math.floor(max / 8));
  }

  /** Without a transaction, since there is no room for one. */
  #refuse(request: SipRequest, flow: Flow): void {
    this.counters.refusedWhenFull++;
    const headers: HeaderLine[] = [['Retry-After', String(this.#limits.retryAfterS)]];
    const response = SipResponse.replyTo(request, 503, undefined, { toTag: this.#refusalTag, headers });
    this.#transport.sendResponse(response, flow, () => undefined);
  }

  #reply(request: SipRequest, status: number): SipResponse {
    return SipResponse.replyTo(request, status, undefined, { toTag: this.#ids.token(TAG_LENGTH) });
  }

  /** The ACK to a 2xx, unless it is to what was refused without a transaction. */
  #onStrayAck(ack: SipRequest, flow: Flow): void {
    if (ack.to.tag !== this.#refusalTag) this.#passAck(ack, flow);
  }

  readonly #onResponse = (response: SipResponse, flow: Flow): void => {
    if (this.#closed) return;
    const { method } = response.cseq;
    const transaction = this.#clients.get(clientKey(response.via.branch, method));
    if (transaction?.request.method === method) transaction.receive(response);
    else this.#passStray(response, flow);
  };

  readonly #passAck = (ack: SipRequest, flow: Flow): void => {
    try {
      this.onAck(ack, flow);
    } catch (error) {
      this.#guard.failed(error);
    }
  };

  #passStray(response: SipResponse, flow: Flow): void {
    this.counters.strayResponses++;
    try {
      this.onStrayResponse(response, flow);
    } catch (error) {
      this.#guard.failed(error);
    }
  }

  readonly #forgetClient = (transaction: ClientTransaction): void => {
    const key = clientKey(transaction.branch, transaction.request.method);
    if (this.#clients.get(key) === transaction) this.#clients.delete(key);
  };

  readonly #forgetServer = (transaction: ServerTransaction): void => {
    this.#servers.delete(transaction);
  };
}
