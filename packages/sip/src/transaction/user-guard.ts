import { type Logger, toError } from '@groupcall/kernel';
import type { SipResponse } from '../message/sip-message.ts';
import type { TransportError } from '../transport/transport-error.ts';
import type { ClientTransactionUser } from './client-transaction.ts';
import type { TransactionCounters } from './transaction-counters.ts';

/** Calls the users of the layer. What they throw is logged and counted here, since behind it is a timer or a socket. */
export class UserGuard {
  readonly #logger: Logger;
  readonly #counters: TransactionCounters;

  constructor(logger: Logger, counters: TransactionCounters) {
    this.#logger = logger;
    this.#counters = counters;
  }

  tellResponse(user: ClientTransactionUser, response: SipResponse): void {
    try {
      user.onResponse(response);
    } catch (error) {
      this.failed(error);
    }
  }

  tellTimeout(user: { onTimeout(): void }): void {
    try {
      user.onTimeout();
    } catch (error) {
      this.failed(error);
    }
  }

  tellTransportError(user: { onTransportError(error: TransportError): void }, error: TransportError): void {
    try {
      user.onTransportError(error);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  tellTerminated(user: { onTerminated?(): void }): void {
    try {
      user.onTerminated?.();
    } catch (error) {
      this.failed(error);
    }
  }

  /** A user has thrown. */
  failed(thrown: unknown): void {
    this.#counters.userErrors++;
    this.#logger.error({ err: toError(thrown) }, 'a user of the transaction layer failed');
  }
}
