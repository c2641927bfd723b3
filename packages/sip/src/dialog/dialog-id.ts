/** What identifies a dialog (RFC 3261 §12): the Call-ID and the tag of either side. */
export interface DialogId {
  readonly callId: string;
  /** The tag this side chose. */
  readonly localTag: string;
  /** The tag the peer chose; `''` with a peer of RFC 2543 that sends none. */
  readonly remoteTag: string;
}
