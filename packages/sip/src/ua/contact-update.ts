import type { IdSource } from '@groupcall/kernel';
import { NameAddr } from '../message/name-addr.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { Flow } from '../transport/flow.ts';
import { contactTarget, instanceIdOf, type RegisteredContact } from './registered-contact.ts';

/** How long bindings may live, in seconds. */
export interface ExpiryLimits {
  /** A shorter wish is refused with 423. At most 3600 (RFC 3261 §10.3 step 7). */
  readonly minExpiresS: number;
  /** A longer wish is cut to this. */
  readonly maxExpiresS: number;
  /** When the phone does not say. */
  readonly defaultExpiresS: number;
}

/** What a REGISTER does to the bindings of its AOR: all of it, or none. */
export type ContactUpdate =
  | {
      readonly kind: 'update';
      readonly put: readonly RegisteredContact[];
      readonly remove: readonly RegisteredContact[];
    }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly reason?: string;
      readonly headers?: readonly (readonly [name: string, value: string])[];
    };

export interface ContactUpdateInput {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** The bindings that the AOR has. */
  readonly current: readonly RegisteredContact[];
  readonly limits: ExpiryLimits;
  /** ms since the epoch. */
  readonly now: number;
  readonly ids: IdSource;
}

const OPTION_TAGS: ReadonlySet<string> = new Set(['path']);
/** RFC 3261 §20.10 and §20.19: what an unreadable expiry stands for. */
const MALFORMED_EXPIRES_S = 3600;
const DELTA_SECONDS = /^\d{1,10}$/;
const QVALUE = /^(?:\d(?:\.\d*)?|\.\d+)$/;

/**
 * Works out what a REGISTER asks for (RFC 3261 §10.3 steps 2, 6 and 7, RFC 3327 §5.3). Changes nothing.
 * @throws ParseError when a header it needs is malformed.
 */
export function planContactUpdate(input: ContactUpdateInput): ContactUpdate {
  const { request } = input;
  const unsupported = request.headerList('Require').filter((tag) => !OPTION_TAGS.has(tag.toLowerCase()));
  if (unsupported.length > 0) return badExtension(unsupported.join(', '));
  const path = request.headerValues('Path').flatMap((value) => NameAddr.parseList(value));
  const supported = request.headerList('Supported').some((tag) => tag.toLowerCase() === 'path');
  // RFC 3327 §5.3: a phone that would not understand why its requests take that way is not registered over it.
  if (path.length > 0 && !supported) return badExtension('path');
  if (request.headerList('Contact').includes('*')) return planRemovalOfAll(input);
  return planContacts(input, path);
}

function planRemovalOfAll({ request, current }: ContactUpdateInput): ContactUpdate {
  if (request.headerList('Contact').length > 1) return refuse(400, 'Contact * Must Stand Alone');
  if (request.header('Expires')?.trim() !== '0') return refuse(400, 'Contact * Needs Expires 0');
  const late = current.some((contact) => isOutOfOrder(request, contact));
  return late ? outOfOrder() : { kind: 'update', put: [], remove: current };
}

function planContacts(input: ContactUpdateInput, path: readonly NameAddr[]): ContactUpdate {
  const { request, current, limits } = input;
  const put: RegisteredContact[] = [];
  const remove = new Set<RegisteredContact>();
  for (const address of request.contacts) {
    const { uri } = address;
    if (!uri.isSip) return refuse(400, 'Contact Scheme Not Supported');
    const q = readQ(address.params.get('q'));
    if (q === undefined) return refuse(400, 'Malformed q in Contact');
    const seconds = readExpires(address.params.get('expires') ?? request.header('Expires')) ?? limits.defaultExpiresS;
    if (seconds > 0 && seconds < limits.minExpiresS) {
      return { kind: 'refused', status: 423, headers: [['Min-Expires', String(limits.minExpiresS)]] };
    }
    const existing = current.find((contact) => contact.uri.equals(uri));
    if (existing !== undefined && isOutOfOrder(request, existing)) return outOfOrder();
    // The same address twice in one request: the later one counts.
    const repeated = put.findIndex((contact) => contact.uri.equals(uri));
    if (repeated >= 0) put.splice(repeated, 1);
    if (existing !== undefined) remove.delete(existing);
    if (seconds > 0) put.push(makeContact(input, address, path, { q, seconds, id: existing?.id ?? input.ids.uuid() }));
    else if (existing !== undefined) remove.add(existing);
  }
  for (const contact of current) if (isReplaced(contact, put)) remove.add(contact);
  return { kind: 'update', put, remove: [...remove] };
}

function makeContact(
  { request, flow, limits, now }: ContactUpdateInput,
  { uri, params }: NameAddr,
  path: readonly NameAddr[],
  { q, seconds, id }: { readonly q: number; readonly seconds: number; readonly id: string },
): RegisteredContact {
  return {
    id,
    uri,
    params: params.delete('expires').delete('q'),
    flow,
    target: contactTarget(uri, path, flow, request.via),
    q,
    path,
    instanceId: instanceIdOf(params),
    callId: request.callId,
    cseq: request.cseq.number,
    expiresAt: now + Math.min(seconds, limits.maxExpiresS) * 1000,
    userAgent: request.header('User-Agent') ?? '',
  };
}

/**
 * A device that registers anew (same `+sip.instance` and `reg-id`, another Call-ID) is no longer where it was: a phone
 * that was restarted must not leave a binding behind that rings nowhere (RFC 5626 §6).
 */
function isReplaced(old: RegisteredContact, put: readonly RegisteredContact[]): boolean {
  if (old.instanceId === undefined || put.some(({ id }) => id === old.id)) return false;
  return put.some(
    ({ instanceId, callId, params }) =>
      instanceId === old.instanceId && callId !== old.callId && params.get('reg-id') === old.params.get('reg-id'),
  );
}

/** RFC 3261 §10.3 steps 6 and 7: of one Call-ID only a higher CSeq may change a binding. */
function isOutOfOrder(request: SipRequest, contact: RegisteredContact): boolean {
  return request.callId === contact.callId && request.cseq.number <= contact.cseq;
}

/** The RFC asks for a failure and names no status: this is what §12.2.2 gives a CSeq out of order in a dialog. */
function outOfOrder(): ContactUpdate {
  return refuse(500, 'CSeq Out of Order');
}

function refuse(status: number, reason: string): ContactUpdate {
  return { kind: 'refused', status, reason };
}

function badExtension(tags: string): ContactUpdate {
  return { kind: 'refused', status: 420, headers: [['Unsupported', tags]] };
}

function readExpires(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return DELTA_SECONDS.test(text.trim()) ? Number(text) : MALFORMED_EXPIRES_S;
}

/** 0 to 1; undefined when malformed. Three digits are all the grammar has; phones that send more are not refused. */
function readQ(text: string | undefined): number | undefined {
  if (text === undefined) return 1;
  return QVALUE.test(text) && Number(text) <= 1 ? Number(text) : undefined;
}
