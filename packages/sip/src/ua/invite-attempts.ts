import type { RoutedRequest } from '../dialog/route-set.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ClientTransaction, ClientTransactionUser } from '../transaction/client-transaction.ts';
import type { Target } from '../transport/flow.ts';
import { ClientAuthentication } from './client-authentication.ts';
import type { InviteOptions } from './client-invite-types.ts';
import { contactValue } from './contact.ts';
import type { UserAgentCore } from './core.ts';
import { createInvite, routeInvite } from './invite-request.ts';
import { type DirectTarget, findTargets, type UseTargets } from './next-hop.ts';
import { copyForNextTarget } from './request-copy.ts';

/** An INVITE that was sent. */
export interface SentInvite {
  /** As it was sent last. */
  readonly request: SipRequest;
  readonly transaction: ClientTransaction;
  /** The address it was sent to, and the URI it stands for. */
  readonly direct: DirectTarget;
  /** The value of its Contact header. */
  readonly contact: string;
}

/**
 * The transactions that one INVITE takes: another address when one can't be reached, another try with credentials. The
 * Call-ID and the From-tag stay the same (RFC 3261 §8.1.3.5).
 */
export class InviteAttempts {
  readonly #core: UserAgentCore;
  readonly #options: InviteOptions;
  readonly #identity: { readonly callId: string; readonly localTag: string };
  readonly #user: ClientTransactionUser;
  readonly #routed: RoutedRequest;
  #targets: readonly Target[] = [];
  #tries = 0;
  #sequence = 1;
  #authentication: ClientAuthentication | undefined;
  #sent: SentInvite | undefined;

  constructor(
    core: UserAgentCore,
    options: InviteOptions,
    identity: { readonly callId: string; readonly localTag: string },
    user: ClientTransactionUser,
  ) {
    this.#core = core;
    this.#options = options;
    this.#identity = identity;
    this.#user = user;
    this.#routed = routeInvite(options);
  }

  /** The last one; undefined before the first. */
  get sent(): SentInvite | undefined {
    return this.#sent;
  }

  /** Finds out where to send to: before it returns, when that is known. */
  findTargets(use: UseTargets): void {
    const { target } = this.#options;
    if (target !== undefined) use([target], undefined);
    else findTargets(this.#core, this.#routed.nextHop, use);
  }

  /** Sends the INVITE to the first of the targets. */
  send(targets: readonly Target[]): void {
    this.#targets = targets;
    this.#try();
  }

  /** Sends it to the next of the targets. False when there is none. */
  tryNextTarget(): boolean {
    if (this.#tries + 1 >= this.#targets.length) return false;
    this.#tries++;
    this.#try();
    return true;
  }

  /** Sends it again with the credentials that a 401 or 407 asks for. False when it can't be. */
  tryCredentials(response: SipResponse): boolean {
    const { credentials } = this.#options;
    const sent = this.#sent;
    if (sent === undefined || credentials === undefined) return false;
    if (response.status !== 401 && response.status !== 407) return false;
    this.#authentication ??= new ClientAuthentication(this.#core.digest, credentials);
    const request = this.#authentication.retry(sent.request, response, () => ++this.#sequence);
    if (request === undefined) return false;
    this.#send(request, sent.direct.target, sent.contact);
    return true;
  }

  #try(): void {
    const target = this.#targets[this.#tries];
    if (target === undefined) return;
    const { from, uri } = this.#options;
    const contact = contactValue(this.#core, target, from.uri, uri.scheme === 'sips');
    const request = this.#sent === undefined ? this.#createFirst(contact) : copyForNextTarget(this.#sent.request);
    // The next address may be of another protocol, for which we listen elsewhere.
    if (this.#sent !== undefined) request.setHeader('Contact', contact);
    this.#send(request, target, contact);
  }

  #createFirst(contact: string): SipRequest {
    return createInvite(this.#core, this.#options, this.#routed, {
      from: this.#options.from.withTag(this.#identity.localTag).toString(),
      callId: this.#identity.callId,
      contact,
    });
  }

  #send(request: SipRequest, target: Target, contact: string): void {
    const transaction = this.#core.transactions.request(request, target, this.#user);
    this.#sent = { request, transaction, direct: { uri: this.#routed.nextHop, target }, contact };
  }
}
