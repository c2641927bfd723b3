import type { SocketAddress } from '@groupcall/kernel';
import type { ParseError } from '../message/parse-error.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow, Listen, Target } from './flow.ts';
import type { TransportError } from './transport-error.ts';

/** Told once, and never from within the call that sends, when what was to be sent did not leave. Must not throw. */
export type OnSendFailure = (error: TransportError) => void;

/** What one transport tells the layer above. None may throw. */
export interface TransportHandlers {
  onMessage(message: SipRequest | SipResponse, flow: Flow): void;
  /** Something that is no SIP came. On a connection it was the last thing, and an answer may still be sent. */
  onMalformed(error: ParseError, flow: Flow): void;
  onKeepAlive(): void;
  /** Something was refused before it was read, by a limit. */
  onDropped(why: string, remote: SocketAddress): void;
  /** Something did not leave; whoever sent it was told. */
  onSendFailure(): void;
}

/** One listener of one protocol (RFC 3261 §18). A further protocol is one more class of this shape. */
export interface Transport {
  readonly listen: Listen;
  /** Where it is bound; the port is the real one once {@link start} has resolved. */
  readonly local: SocketAddress;
  /** Connections that are open or being opened; 0 of a transport without any. */
  readonly connections: number;
  /** Whether a connection is there. */
  has(connectionId: string): boolean;
  /** Rejects with the system's error. */
  start(handlers: TransportHandlers): Promise<void>;
  /** Idempotent. No handler is called afterwards. */
  close(): Promise<void>;
  send(data: Buffer, target: Target, onFailure: OnSendFailure): void;
}
