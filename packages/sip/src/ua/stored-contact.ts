import { NameAddr } from '../message/name-addr.ts';
import type { Flow } from '../transport/flow.ts';
import { instanceIdOf, type RegisteredContact } from './registered-contact.ts';

/** A registered contact as plain JSON, for a database or a file. */
export interface StoredContact {
  readonly aor: string;
  readonly id: string;
  /** The Contact as a name-addr, with its parameters. */
  readonly contact: string;
  readonly flow: Flow;
  readonly target?: RegisteredContact['target'];
  readonly q: number;
  readonly path: readonly string[];
  readonly callId: string;
  readonly cseq: number;
  /** ms since the epoch. */
  readonly expiresAt: number;
  readonly userAgent: string;
}

/** Writes a contact down. */
export function storeContact(aor: string, contact: RegisteredContact): StoredContact {
  const { id, uri, params, flow, target, q, path, callId, cseq, expiresAt, userAgent } = contact;
  return {
    aor,
    id,
    contact: `<${uri.toString()}>${params.toString()}`,
    flow,
    ...(target === undefined ? {} : { target }),
    q,
    path: path.map((hop) => hop.toString()),
    callId,
    cseq,
    expiresAt,
    userAgent,
  };
}

/**
 * Reads a contact that was written by an earlier run. Its connection, if it had one, is gone.
 * @throws ParseError when its addresses are malformed.
 */
export function loadContact(stored: StoredContact): RegisteredContact {
  const { uri, params } = NameAddr.parse(stored.contact);
  const { protocol, local, remote } = stored.flow;
  return {
    id: stored.id,
    uri,
    params,
    flow: { protocol, local, remote },
    target: stored.target?.connectionId === undefined ? stored.target : undefined,
    q: stored.q,
    path: stored.path.map((hop) => NameAddr.parse(hop)),
    instanceId: instanceIdOf(params),
    callId: stored.callId,
    cseq: stored.cseq,
    expiresAt: stored.expiresAt,
    userAgent: stored.userAgent,
  };
}
