import type { AppError } from '@groupcall/kernel';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { Target } from '../transport/flow.ts';
import type { TransportError } from '../transport/transport-error.ts';
import { ClientAuthentication } from './client-authentication.ts';
import type { OpenRequest, UserAgentCore } from './core.ts';
import type { DigestSecret } from './digest.ts';
import { copyForNextTarget } from './request-copy.ts';

/** How a request other than INVITE ended. */
export type RequestOutcome =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'transport'; readonly error: AppError };

export interface ClientRequestOptions {
  readonly core: UserAgentCore;
  readonly request: SipRequest;
  /** Answers a 401 or 407. */
  readonly credentials: DigestSecret | undefined;
  /** The CSeq number of the next try. */
  readonly nextSequence: () => number;
  /** Called once. */
  readonly onDone: (outcome: RequestOutcome) => void;
}

/** One request other than INVITE, until its final response: the next address when one can't be reached, and credentials. */
export class ClientRequest implements ClientTransactionUser, OpenRequest {
  readonly #options: ClientRequestOptions;
  #request: SipRequest;
  #targets: readonly Target[] = [];
  #tries = 0;
  #authentication: ClientAuthentication | undefined;
  #done = false;

  constructor(options: ClientRequestOptions) {
    this.#options = options;
    this.#request = options.request;
    options.core.openRequests.add(this);
  }

  get done(): boolean {
    return this.#done;
  }

  /** As it was sent last. */
  get request(): SipRequest {
    return this.#request;
  }

  /** Sends it to the first of the targets that can be reached. */
  send(targets: readonly Target[]): void {
    this.#targets = targets;
    this.#tries = 0;
    this.#try();
  }

  /** It can't be sent, or nobody waits for an answer any more. */
  abandon(error: AppError): void {
    this.#finish({ kind: 'transport', error });
  }

  onResponse(response: SipResponse): void {
    if (response.status < 200) return;
    const retry = this.#withCredentials(response);
    if (retry === undefined) {
      this.#finish({ kind: 'response', response });
      return;
    }
    this.#request = retry;
    this.#try();
  }

  onTimeout(): void {
    this.#finish({ kind: 'timeout' });
  }

  onTransportError(error: TransportError): void {
    this.#tries++;
    if (this.#tries < this.#targets.length) {
      this.#request = copyForNextTarget(this.#request);
      this.#try();
    } else this.#finish({ kind: 'transport', error });
  }

  #try(): void {
    const target = this.#targets[this.#tries];
    if (target !== undefined) this.#options.core.transactions.request(this.#request, target, this);
  }

  #withCredentials(response: SipResponse): SipRequest | undefined {
    const { core, credentials, nextSequence } = this.#options;
    if (credentials === undefined || (response.status !== 401 && response.status !== 407)) return undefined;
    this.#authentication ??= new ClientAuthentication(core.digest, credentials);
    return this.#authentication.retry(this.#request, response, nextSequence);
  }

  #finish(outcome: RequestOutcome): void {
    if (this.#done) return;
    this.#done = true;
    this.#options.core.openRequests.delete(this);
    this.#options.onDone(outcome);
  }
}
