import { isIPv6 } from 'node:net';
import { AppError } from '@groupcall/kernel';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { TransactionLayer } from '../transaction/transaction-layer.ts';
import { DEFAULT_TIMERS } from '../transaction/timer-config.ts';
import type { Listen } from '../transport/flow.ts';
import { AddressResolver, type Resolver } from '../transport/resolver.ts';
import { TransportLayer } from '../transport/transport-layer.ts';
import { OutgoingInvite } from './client-invite.ts';
import type { ClientInvite, ClientInviteHandlers, InviteOptions } from './client-invite-types.ts';
import { UserAgentCore } from './core.ts';
import { IncomingRequests, type RequestHandler } from './incoming-requests.ts';
import { sendOutOfDialog } from './out-of-dialog-request.ts';
import type { MessageContent } from './invite-dialog-types.ts';
import type { ServerInvite } from './server-invite-types.ts';
import type { RequestOptions, UserAgentCounters, UserAgentOptions } from './user-agent-types.ts';

const DEFAULT_MAX_DIALOGS = 100_000;

/** The user agent takes no more calls, or none any more. */
export class UserAgentError extends AppError<'SIP_TOO_MANY_DIALOGS' | 'SIP_CLOSED' | 'SIP_NO_RESOLVER'> {}

/**
 * A SIP user agent (RFC 3261 §8, §9, §12 to §15): calls and is called, over the transports it listens on. What a peer
 * sends never makes it throw.
 */
export class UserAgent {
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #core: UserAgentCore;
  readonly #incoming: IncomingRequests;
  #closed: Promise<void> | undefined;

  constructor(options: UserAgentOptions) {
    const { clock, ids, logger, network, listen, userAgent, supported = [] } = options;
    const timers = { ...DEFAULT_TIMERS, ...options.timers };
    const { limits = {} } = options;
    this.#transport = new TransportLayer({ clock, ids, logger, network, listen, limits });
    this.#transactions = new TransactionLayer({ clock, ids, logger, transport: this.#transport, timers, limits });
    this.#core = new UserAgentCore({
      clock,
      ids,
      logger,
      transport: this.#transport,
      transactions: this.#transactions,
      resolver: options.resolver ?? literalResolver(listen),
      t1: timers.t1,
      t2: timers.t2,
      agent: userAgent,
      supported: supported.map((tag) => tag.toLowerCase()),
      maxDialogs: limits.maxDialogs ?? DEFAULT_MAX_DIALOGS,
    });
    const incoming = new IncomingRequests(this.#core);
    this.#incoming = incoming;
    this.#transactions.onRequest = (transaction, request) => {
      incoming.onRequest(transaction, request);
    };
    this.#transactions.onAck = (ack) => {
      incoming.onAck(ack);
    };
    this.#transactions.onStrayResponse = (response) => {
      incoming.onStrayResponse(response);
    };
  }

  /** Where it listens, with the real ports once {@link start} has resolved. */
  get listeners(): readonly Listen[] {
    return this.#transport.listeners;
  }

  /** The methods it serves, as Allow says them. */
  get allow(): string {
    return this.#core.allowed.header;
  }

  /** Dialogs and INVITEs that are alive or still watched. */
  get dialogs(): number {
    return this.#core.dialogs.size;
  }

  /** Transactions that are alive. */
  get transactions(): { readonly clients: number; readonly servers: number } {
    return this.#transactions.sizes;
  }

  /** What was counted since the start, layer by layer. */
  get counters(): UserAgentCounters {
    return {
      transport: this.#transport.counters,
      transactions: this.#transactions.counters,
      userAgent: this.#core.counters,
    };
  }

  /** Called with each INVITE outside of a dialog. Until it is set they get 480. */
  set onInvite(handler: (invite: ServerInvite) => void) {
    this.#incoming.onInvite = handler;
  }

  /** Starts to listen. Rejects with the system's error. */
  start(): Promise<void> {
    return this.#transport.start();
  }

  /**
   * Ends everything at once, without a word to the peers: each INVITE and dialog is told `transport`, no timer is left.
   * To end the calls on the wire, do that first. Idempotent.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Calls. Never throws; what fails is told to the handlers, after this has returned. */
  invite(options: InviteOptions, handlers: ClientInviteHandlers): ClientInvite {
    const invite = new OutgoingInvite(this.#core, options, handlers);
    if (this.#closed !== undefined) invite.refuse(closedError());
    else if (this.#core.dialogs.full) invite.refuse(fullError());
    else invite.start();
    return invite;
  }

  /**
   * Sends a request outside of dialogs, other than INVITE, and answers a challenge when there are credentials. Never
   * rejects: a 408 or 503 is made up when no response came.
   */
  request(options: RequestOptions): Promise<SipResponse> {
    return sendOutOfDialog(this.#core, options);
  }

  /** Serves a method outside of dialogs, such as REGISTER; in place of the usual answer for OPTIONS. The handler must answer. */
  handle(method: string, handler: RequestHandler): void {
    this.#incoming.handle(method, handler);
  }

  /** A response to a request that a handler of {@link handle} was given, with the Server header and a To-tag. */
  reply(request: SipRequest, status: number, content: MessageContent = {}): SipResponse {
    return this.#core.reply(request, status, content, this.#core.tag());
  }

  async #close(): Promise<void> {
    this.#core.abandon(closedError());
    this.#transactions.close();
    await this.#transport.close();
  }
}

function closedError(): UserAgentError {
  return new UserAgentError('SIP_CLOSED', 'the user agent is closed');
}

function fullError(): UserAgentError {
  return new UserAgentError('SIP_TOO_MANY_DIALOGS', 'there are too many calls', {
    help: 'Try again when some have ended, or raise the limit maxDialogs.',
  });
}

/** Stands in where no resolver is given: IP addresses and `localhost`, but no names. */
function literalResolver(listen: readonly Listen[]): Resolver {
  return new AddressResolver({
    lookup: (host) =>
      Promise.reject(new UserAgentError('SIP_NO_RESOLVER', `${host} is a name, and there is no resolver`)),
    protocols: listen.map(({ protocol }) => protocol),
    ipv6: listen.some(({ address }) => isIPv6(address)),
  });
}
