import { isIP } from 'node:net';
import { toError } from '@groupcall/kernel';
import type { Dialog } from '../dialog/dialog.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { Target } from '../transport/flow.ts';
import { protocolOf } from '../transport/resolver.ts';
import { TransportError } from '../transport/transport-error.ts';
import type { UserAgentCore } from './core.ts';

const DEFAULT_PORT = 5060;

/** Uses the addresses that were found; none when there was an error. */
export type UseTargets = (targets: readonly Target[], error: TransportError | undefined) => void;

/** The address a URI names by itself (RFC 3263 §4.1, §4.2); undefined when its host is a name. */
export function literalTarget(uri: SipUri): Target | undefined {
  if (isIP(uri.host) === 0) return undefined;
  const protocol = protocolOf(uri);
  // Of the other protocols the resolver knows the ports.
  if (protocol !== 'udp' && protocol !== 'tcp') return undefined;
  return { protocol, address: uri.host, port: uri.port ?? DEFAULT_PORT };
}

/** Finds where to send to: at once when the URI holds an IP address, else by way of the resolver. Never throws. */
export function findTargets(core: UserAgentCore, uri: SipUri, use: UseTargets): void {
  const literal = literalTarget(uri);
  if (literal !== undefined) {
    use([literal], undefined);
    return;
  }
  core.resolver.resolve(uri).then(
    (targets) => {
      if (targets.length > 0) use(targets, undefined);
      else use([], unresolved(uri));
    },
    (error: unknown) => {
      use([], unresolved(uri, error));
    },
  );
}

function unresolved(uri: SipUri, cause?: unknown): TransportError {
  return new TransportError(
    `no address is known for ${uri.toString()}`,
    cause === undefined ? {} : { cause: toError(cause) },
  );
}

/** An address that is known to reach a URI, whatever the URI's own host says: a phone behind a NAT, a connection. */
export interface DirectTarget {
  readonly uri: SipUri;
  readonly target: Target;
}

/**
 * Where the requests of one dialog are sent. While a name is being resolved the requests wait, in order, so that an ACK
 * never comes after the BYE that follows it.
 */
export class NextHop {
  readonly #core: UserAgentCore;
  readonly #dialog: Dialog;
  readonly #direct: DirectTarget | undefined;
  #uri: SipUri | undefined;
  #targets: readonly Target[] = [];
  #waiting: UseTargets[] | undefined;

  constructor(core: UserAgentCore, dialog: Dialog, direct: DirectTarget | undefined) {
    this.#core = core;
    this.#dialog = dialog;
    this.#direct = direct;
  }

  /** Calls `use` with the targets of the dialog's next hop: before it returns, when they are known. */
  find(use: UseTargets): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(use);
      return;
    }
    const uri = this.#dialog.nextHop;
    if (uri === this.#uri) {
      use(this.#targets, undefined);
      return;
    }
    const direct = this.#direct;
    if (direct !== undefined && (samePlace(uri, direct.uri) || this.#isOnConnection(uri, direct.target))) {
      this.#keep(uri, [direct.target]);
      use(this.#targets, undefined);
      return;
    }
    this.#waiting = [use];
    findTargets(this.#core, uri, (targets, error) => {
      if (error === undefined) this.#keep(uri, targets);
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const next of waiting) next(targets, error);
    });
  }

  /** Without a proxy between, the connection that brought the peer here also leads back to it (RFC 5626 §5.3). */
  #isOnConnection(uri: SipUri, { protocol, connectionId }: Target): boolean {
    const transport = uri.params.get('transport')?.toLowerCase() ?? protocol;
    return connectionId !== undefined && this.#dialog.routeSet.length === 0 && transport === protocol;
  }

  #keep(uri: SipUri, targets: readonly Target[]): void {
    this.#uri = uri;
    this.#targets = targets;
  }
}

function samePlace(one: SipUri, other: SipUri): boolean {
  return (
    one === other ||
    (one.host.toLowerCase() === other.host.toLowerCase() &&
      one.port === other.port &&
      one.scheme === other.scheme &&
      one.params.get('transport')?.toLowerCase() === other.params.get('transport')?.toLowerCase())
  );
}
