import { type AppError, type Clock, type IdSource, type Logger, toError } from '@groupcall/kernel';
import { type HeaderLine, type SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { TransactionLayer } from '../transaction/transaction-layer.ts';
import type { Resolver } from '../transport/resolver.ts';
import type { TransportLayer } from '../transport/transport-layer.ts';
import { AllowedMethods } from './allow.ts';
import { DialogTable } from './dialog-table.ts';
import { DigestClient } from './digest-client.ts';
import type { MessageContent } from './invite-dialog-types.ts';

const TAG_LENGTH = 16;
const CALL_ID_LENGTH = 24;

/** An INVITE of a peer. */
export interface CancellableInvite {
  /** The To-tag of the responses to it. */
  readonly localTag: string;
  /** A CANCEL for it, which has its 200. After a final response it means nothing. */
  onPeerCancel(cancel: SipRequest): void;
}

/** A request of ours that somebody waits for. */
export interface OpenRequest {
  abandon(error: AppError): void;
}

export interface CoreOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly resolver: Resolver;
  /** RFC 3261's T1 and T2, ms. */
  readonly t1: number;
  readonly t2: number;
  /** The value of User-Agent and Server. */
  readonly agent: string;
  /** The option tags of Supported. */
  readonly supported: readonly string[];
  readonly maxDialogs: number;
}

/** What every part of a user agent works with. */
export class UserAgentCore {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly resolver: Resolver;
  readonly t1: number;
  readonly t2: number;
  readonly agent: string;
  readonly supported: readonly string[];
  readonly dialogs: DialogTable;
  /** What a CANCEL may be for, by the INVITE's transaction; the entries go with the transactions. */
  readonly cancellable = new WeakMap<ServerTransaction, CancellableInvite>();
  readonly openRequests = new Set<OpenRequest>();
  readonly allowed = new AllowedMethods();
  readonly digest: DigestClient;
  readonly counters = {
    strayResponses: 0,
    strayAcks: 0,
    extraAnswers: 0,
    unackedAnswers: 0,
    refusedWhenFull: 0,
    userErrors: 0,
  };

  constructor(options: CoreOptions) {
    this.clock = options.clock;
    this.ids = options.ids;
    this.logger = options.logger;
    this.transport = options.transport;
    this.transactions = options.transactions;
    this.resolver = options.resolver;
    this.t1 = options.t1;
    this.t2 = options.t2;
    this.agent = options.agent;
    this.supported = options.supported;
    this.dialogs = new DialogTable(options.maxDialogs);
    this.digest = new DigestClient({ ids: options.ids });
  }

  /** 64*T1, ms: how long RFC 3261 waits for what may still be on its way. */
  get patience(): number {
    return 64 * this.t1;
  }

  tag(): string {
    return this.ids.token(TAG_LENGTH);
  }

  newCallId(): string {
    return this.ids.token(CALL_ID_LENGTH);
  }

  /** A response with our Server header (RFC 3261 §8.2.6). `toTag` is left out where the request has one. */
  reply(
    request: SipRequest,
    status: number,
    content: MessageContent & { reason?: string | undefined } = {},
    toTag?: string,
  ): SipResponse {
    const headers: HeaderLine[] = [['Server', this.agent]];
    addContent(headers, content);
    return SipResponse.replyTo(request, status, content.reason, {
      ...(toTag === undefined ? {} : { toTag }),
      headers,
      ...(content.body === undefined ? {} : { body: content.body }),
    });
  }

  /** Ends everything that is open. The user is told, the peers are not. */
  abandon(error: AppError): void {
    this.dialogs.close(error);
    for (const request of this.openRequests) request.abandon(error);
  }

  /** Calls something of the user's. What it throws is logged and counted, since its caller is a timer or a socket. */
  tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.counters.userErrors++;
      this.logger.error({ err: toError(error) }, 'a handler of the user agent failed');
    }
  }
}

/** Appends the user's header lines, and the Content-Type when there is a body. */
export function addContent(lines: HeaderLine[], { headers = [], body, contentType }: MessageContent): void {
  for (const line of headers) lines.push(line);
  if (body !== undefined && body.length > 0) lines.push(['Content-Type', contentType ?? 'application/sdp']);
}
