import { Contact, Extension, ExtensionInput, ExtensionUpdate, formatTime } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';
import { ha1 } from '@groupcall/sip';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Customers } from '../../directory/customers.ts';
import { customerFor } from '../access.ts';
import { notFound } from '../api-error.ts';
import { idOf, IdParams, requireCustomer, type ResourceKind, type RestContext } from '../resource-routes.ts';
import { resourceView } from '../views/resource-view.ts';

/** A phone that is registered, as far as the API shows it. */
export interface RegisteredPhone {
  readonly uri: string;
  readonly q: number;
  readonly transport: string;
  readonly address: string;
  readonly userAgent: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** Who is registered. */
export interface Phones {
  /** @param aor `name@domain` */
  registered(aor: string): readonly RegisteredPhone[];
  /** Takes all phones off: their account is gone. */
  forget(aor: string): void;
}

/** `extensions`: the password is kept only as the hashes that digest needs, and never shown. */
export function extensionKind(
  store: engine.ResourceStore<engine.Extension>,
  customers: Customers,
  phones: Phones,
): ResourceKind<engine.Extension, typeof ExtensionInput, typeof ExtensionUpdate> {
  return {
    path: 'extensions',
    noun: 'extension',
    input: ExtensionInput,
    update: ExtensionUpdate,
    view: Extension,
    unique: 'extension',
    store,
    create: async (base, input) => {
      const { domain } = await requireCustomer(customers, base.customerId);
      const item: engine.Extension = {
        ...base,
        extension: input.extension,
        domain,
        username: input.extension,
        ...hashes(input.extension, domain, input.password),
      };
      return { item: withRingTimeout(item, input.ring_timeout_ms) };
    },
    change: (item, input) => ({
      ...withRingTimeout(item, input.ring_timeout_ms),
      ...(input.password === undefined ? {} : hashes(item.username, item.domain, input.password)),
    }),
    toView: (item) => ({
      ...resourceView(item),
      extension: item.extension,
      domain: item.domain,
      username: item.username,
      ring_timeout_ms: item.ringTimeoutMs ?? 0,
    }),
    onDeleted: (item) => {
      phones.forget(aorOf(item));
    },
  };
}

/** Under which name the phones of an extension are registered. */
export function aorOf({ extension, domain }: engine.Extension): string {
  return `${extension}@${domain}`;
}

/** @param ms absent: as it was; 0: none of its own. */
function withRingTimeout({ ringTimeoutMs = 0, ...item }: engine.Extension, ms = ringTimeoutMs): engine.Extension {
  return ms === 0 ? item : { ...item, ringTimeoutMs: ms };
}

function hashes(username: string, domain: string, password: string): { ha1Md5: string; ha1Sha256: string } {
  return {
    ha1Md5: ha1(username, domain, password, 'MD5'),
    ha1Sha256: ha1(username, domain, password, 'SHA-256'),
  };
}

/** `GET /extensions/{id}/contacts`: what is registered now. */
export function contactRoutes(
  app: FastifyInstance,
  store: engine.ResourceStore<engine.Extension>,
  phones: Phones,
  { customers }: RestContext,
): void {
  const schema = { params: IdParams, response: { 200: Type.Object({ result: Type.Array(Contact) }) } };
  app.get('/extensions/:id/contacts', { schema }, async (request) => {
    const id = idOf(request);
    const extension = await store.get(await customerFor(request, customers), id);
    if (extension === undefined) throw notFound('extension', id);
    // Its name may be another's by now.
    const registered = extension.tmDelete === undefined ? phones.registered(aorOf(extension)) : [];
    const result: Contact[] = registered.map(({ uri, q, transport, address, userAgent, expiresAt }) => ({
      uri,
      q,
      transport,
      address,
      user_agent: userAgent,
      tm_expire: formatTime(expiresAt),
    }));
    return { result };
  });
}
