import type { AppError } from '@groupcall/kernel';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';

/** One dialog, as the requests that arrive for it see it. */
export interface DialogMember {
  /** A request of the peer, any but ACK and CANCEL. It has to be answered. */
  onPeerRequest(transaction: ServerTransaction, request: SipRequest): void;
  /** An ACK to a 2xx. */
  onPeerAck(ack: SipRequest): void;
}

/** Everything that one INVITE made, be it sent or received: an INVITE that forks makes several dialogs with one local tag. */
export interface DialogSet {
  readonly callId: string;
  /** The dialog with that peer; undefined when there is none. */
  member(remoteTag: string): DialogMember | undefined;
  /** A response to the INVITE that matches no transaction any more. */
  onStrayResponse?(response: SipResponse): void;
  /** The user agent is closed: tell the user, stop every timer. */
  abandon(error: AppError): void;
}

/**
 * The live dialogs and INVITEs by their local tag, which this side draws at random for each INVITE and which therefore
 * names the set by itself. Bounded.
 */
export class DialogTable {
  readonly #sets = new Map<string, DialogSet>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#sets.size;
  }

  get full(): boolean {
    return this.#sets.size >= this.#limit;
  }

  /** Puts a set in. */
  set(localTag: string, set: DialogSet): void {
    this.#sets.set(localTag, set);
  }

  /** Puts another set in the place of one; does nothing when that one is not there. */
  replace(localTag: string, set: DialogSet, by: DialogSet): void {
    if (this.#sets.get(localTag) === set) this.#sets.set(localTag, by);
  }

  /** Takes a set out. Does nothing when another one has taken its place. */
  remove(localTag: string, set: DialogSet): void {
    if (this.#sets.get(localTag) === set) this.#sets.delete(localTag);
  }

  /** The set of a Call-ID and local tag. */
  find(callId: string, localTag: string): DialogSet | undefined {
    const set = this.#sets.get(localTag);
    return set?.callId === callId ? set : undefined;
  }

  /** The dialog that a request of the peer belongs to (RFC 3261 §12.2.2). Throws ParseError on a malformed header. */
  findFor(request: SipRequest, localTag: string): DialogMember | undefined {
    return this.find(request.callId, localTag)?.member(request.from.tag ?? '');
  }

  /** Abandons everything. */
  close(error: AppError): void {
    const sets = [...this.#sets.values()];
    this.#sets.clear();
    for (const set of sets) set.abandon(error);
  }
}
