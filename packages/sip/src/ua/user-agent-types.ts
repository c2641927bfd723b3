import type { Clock, IdSource, Logger, Network } from '@groupcall/kernel';
import type { NameAddr } from '../message/name-addr.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { TimerConfig } from '../transaction/timer-config.ts';
import type { TransactionCounters } from '../transaction/transaction-counters.ts';
import type { TransactionLimits } from '../transaction/transaction-limits.ts';
import type { Listen, Target } from '../transport/flow.ts';
import type { Resolver } from '../transport/resolver.ts';
import type { TransportCounters, TransportLayerLimits } from '../transport/transport-layer.ts';
import type { DigestSecret } from './digest.ts';
import type { MessageContent } from './invite-dialog-types.ts';

/** How much a user agent takes on. */
export interface UserAgentLimits extends TransportLayerLimits, TransactionLimits {
  /** Dialogs and INVITEs at once; beyond it an INVITE gets 503. They stay for 64*T1 after their end. Default 100 000. */
  readonly maxDialogs: number;
}

/** What a user agent counted since its start. */
export interface UserAgentCounters {
  readonly transport: Readonly<TransportCounters>;
  readonly transactions: Readonly<TransactionCounters>;
  readonly userAgent: {
    /** Responses to an INVITE that is forgotten. */
    readonly strayResponses: number;
    /** ACKs to no dialog. */
    readonly strayAcks: number;
    /** 2xx that were acknowledged and hung up at once. */
    readonly extraAnswers: number;
    /** 2xx of ours that got no ACK within 64*T1. */
    readonly unackedAnswers: number;
    /** INVITEs that got 503. */
    readonly refusedWhenFull: number;
    /** Handlers of the user that threw. */
    readonly userErrors: number;
  };
}

export interface UserAgentOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
  /** Where to listen; port 0 takes a free one. */
  readonly listen: readonly Listen[];
  /** Finds the addresses of URIs. Default: those that are IP addresses or `localhost`. */
  readonly resolver?: Resolver;
  /** RFC 3261's timers, ms. */
  readonly timers?: Partial<TimerConfig>;
  readonly limits?: Partial<UserAgentLimits>;
  /** The value of User-Agent and Server. */
  readonly userAgent: string;
  /** Option tags for Supported; a request that requires another gets 420. Default: none. */
  readonly supported?: readonly string[];
}

/** A request outside of dialogs, other than INVITE. */
export interface RequestOptions extends MessageContent {
  readonly method: string;
  /** The Request-URI. */
  readonly uri: SipUri;
  /** The From header. A tag in it is replaced by one of our own. */
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** Where it is sent; undefined: to where the first route, else `uri`, resolves. */
  readonly target?: Target | undefined;
  /** A preloaded route set, nearest hop first. */
  readonly routes?: readonly NameAddr[];
  /** Answers a 401 or 407. */
  readonly credentials?: DigestSecret | undefined;
  /** Default: a new one. */
  readonly callId?: string;
  /** The CSeq number. Default 1; a retry with credentials takes the next. */
  readonly cseq?: number;
  /** Default 70. */
  readonly maxForwards?: number;
}
