import type { NameAddr } from '../message/name-addr.ts';
import { ParseError } from '../message/parse-error.ts';
import { type HeaderLine, SipRequest, type SipResponse } from '../message/sip-message.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { DialogId } from './dialog-id.ts';
import { type RoutedRequest, routeRequest } from './route-set.ts';

/**
 * The state of a dialog (RFC 3261 §12):
 *
 *     1xx with a To-tag ──▶ early ──2xx──▶ confirmed ──BYE, or its end──▶ terminated
 *
 * A client's dialog that starts with the 2xx, and a server's that answers at once, begin as confirmed.
 */
export type DialogState = 'early' | 'confirmed' | 'terminated';

interface DialogParts {
  readonly id: DialogId;
  readonly local: string;
  readonly remote: string;
  readonly secure: boolean;
  readonly routeSet: readonly NameAddr[];
  readonly remoteTarget: SipUri;
  readonly localSequence: number;
  readonly remoteSequence: number | undefined;
  readonly state: DialogState;
}

/** Hops that a request may take (RFC 3261 §8.1.1.6). */
export const MAX_FORWARDS = '70';

/** One side's knowledge of a dialog (RFC 3261 §12.1), and the requests that follow from it (§12.2). Sends nothing. */
export class Dialog {
  readonly id: DialogId;
  /** The From header field value of requests to the peer. */
  readonly local: string;
  /** The To header field value of requests to the peer. */
  readonly remote: string;
  /** The dialog was asked for with a SIPS URI over TLS (RFC 3261 §12.1.1). */
  readonly secure: boolean;
  /** The proxies between the two sides, nearest first. Fixed once the dialog is confirmed. */
  readonly routeSet: readonly NameAddr[];
  state: DialogState;
  #remoteTarget: SipUri;
  #localSequence: number;
  #remoteSequence: number | undefined;
  #routed: RoutedRequest | undefined;

  private constructor(parts: DialogParts) {
    this.id = parts.id;
    this.local = parts.local;
    this.remote = parts.remote;
    this.secure = parts.secure;
    this.routeSet = parts.routeSet;
    this.state = parts.state;
    this.#remoteTarget = parts.remoteTarget;
    this.#localSequence = parts.localSequence;
    this.#remoteSequence = parts.remoteSequence;
  }

  /**
   * The dialog that a response to our INVITE makes (RFC 3261 §12.1.2): early for a 1xx, confirmed for a 2xx. A Contact or
   * Record-Route that is missing or can't be read leaves the request's own URI and an empty route set, since a 2xx
   * has to be acknowledged whatever it holds.
   * @param overTls the request was sent over TLS.
   * @param early the early dialog of the same To-tag, whose sequence numbers go on (§13.2.2.4).
   */
  static ofClient(request: SipRequest, response: SipResponse, overTls = false, early?: Dialog): Dialog {
    const remoteTag = response.to.tag ?? '';
    return new Dialog({
      id: { callId: request.callId, localTag: request.from.tag ?? '', remoteTag },
      local: request.header('From') ?? '',
      remote: response.header('To') ?? '',
      secure: overTls && request.uri.scheme === 'sips',
      routeSet: readable(() => response.recordRoutes.toReversed()) ?? [],
      remoteTarget: readable(() => response.contacts[0]?.uri) ?? request.uri,
      localSequence: Math.max(request.cseq.number, early?.localSequence ?? 0),
      remoteSequence: early?.remoteSequence,
      state: response.status < 200 ? 'early' : 'confirmed',
    });
  }

  /**
   * The dialog that our response with `localTag` to an INVITE makes (RFC 3261 §12.1.1).
   * @param overTls the request came over TLS.
   * @throws ParseError when a header field that is needed for it is malformed, or the Contact is missing.
   */
  static ofServer(request: SipRequest, localTag: string, overTls = false): Dialog {
    const [contact] = request.contacts;
    if (contact === undefined) throw new ParseError('an INVITE must have a Contact', 0);
    return new Dialog({
      id: { callId: request.callId, localTag, remoteTag: request.from.tag ?? '' },
      local: `${request.header('To') ?? ''};tag=${localTag}`,
      remote: request.header('From') ?? '',
      secure: overTls && request.uri.scheme === 'sips',
      routeSet: request.recordRoutes,
      remoteTarget: contact.uri,
      // RFC 3261 §12.1.1 leaves it empty; the first request of this side then picks any number below 2**31.
      localSequence: 0,
      remoteSequence: request.cseq.number,
      state: 'early',
    });
  }

  /** The peer's Contact, where requests go at the end of the route set. */
  get remoteTarget(): SipUri {
    return this.#remoteTarget;
  }

  /** CSeq number of the last request from this side; 0 before the first. */
  get localSequence(): number {
    return this.#localSequence;
  }

  /** CSeq number of the last request from the peer that was in order; undefined before the first. */
  get remoteSequence(): number | undefined {
    return this.#remoteSequence;
  }

  /** The URI that the next request is sent to: the first route's, else the remote target. */
  get nextHop(): SipUri {
    return this.#route().nextHop;
  }

  /** A request within the dialog, with the next CSeq number (RFC 3261 §12.2.1.1). */
  createRequest(method: string, headers: readonly HeaderLine[] = [], body?: Buffer | string): SipRequest {
    this.#localSequence++;
    return this.#build(method, this.#localSequence, headers, body);
  }

  /** The ACK to a 2xx (RFC 3261 §13.2.2.4). `sequence` is the CSeq number of the INVITE it belongs to. */
  createAck(sequence: number, headers: readonly HeaderLine[] = [], body?: Buffer | string): SipRequest {
    return this.#build('ACK', sequence, headers, body);
  }

  /** Takes the CSeq number of a retry that was made from an earlier request of this dialog, say with credentials. */
  nextSequence(): number {
    return ++this.#localSequence;
  }

  /**
   * Whether a request of the peer is in order; it is then the last one (RFC 3261 §12.2.2). One that is not has to be
   * answered 500.
   */
  acceptSequence(sequence: number): boolean {
    if (this.#remoteSequence !== undefined && sequence < this.#remoteSequence) return false;
    this.#remoteSequence = sequence;
    return true;
  }

  /** Takes over the Contact of a target refresh request or its 2xx (RFC 3261 §12.2). Without a Contact nothing changes. */
  refreshTarget(message: SipRequest | SipResponse): void {
    const contact = readable(() => message.contacts[0]);
    if (contact === undefined) return;
    this.#remoteTarget = contact.uri;
    this.#routed = undefined;
  }

  #route(): RoutedRequest {
    this.#routed ??= routeRequest(this.#remoteTarget, this.routeSet);
    return this.#routed;
  }

  #build(
    method: string,
    sequence: number,
    headers: readonly HeaderLine[],
    body: Buffer | string | undefined,
  ): SipRequest {
    const { requestUri, routes } = this.#route();
    const lines: HeaderLine[] = [];
    for (const route of routes) lines.push(['Route', route]);
    lines.push(
      ['Max-Forwards', MAX_FORWARDS],
      ['From', this.local],
      ['To', this.remote],
      ['Call-ID', this.id.callId],
      ['CSeq', `${sequence} ${method}`],
    );
    for (const line of headers) lines.push(line);
    return SipRequest.create({ method, uri: requestUri, headers: lines, ...(body === undefined ? {} : { body }) });
  }
}

/** What `read` returns, undefined when it meets a malformed header field. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
