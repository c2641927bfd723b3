import type { CustomerId, LegRoute } from '@groupcall/engine';
import { AppError } from '@groupcall/kernel';
import { type DigestSecret, NameAddr, Params, type RegisteredContact, SipUri, type Target } from '@groupcall/sip';
import type { TrunkLookup } from './lookups.ts';
import { sipUri } from './sip-address.ts';

/** Where an INVITE goes, and what it says about it. */
export interface RouteTarget {
  /** The Request-URI. */
  readonly uri: SipUri;
  readonly to: NameAddr;
  /** Undefined: to where the first route, else `uri`, resolves. */
  readonly target: Target | undefined;
  readonly routes: readonly NameAddr[];
  /** Answers the trunk's challenge. */
  readonly credentials?: DigestSecret;
  /** Set for a trunk. */
  readonly trunkHost?: string;
}

/** Where phones are registered. */
export interface Locations {
  /** One contact by the id that the directory gave out; undefined when it is gone. */
  contact(aor: string, id: string): RegisteredContact | undefined;
}

/** A leg can't reach its phone. The message is for people. */
export class RouteError extends AppError<'SIGNALING_NO_ROUTE'> {
  constructor(message: string) {
    super('SIGNALING_NO_ROUTE', message);
  }
}

/**
 * Works out how a leg reaches its phone.
 * @throws RouteError when it can't.
 */
export async function routeTarget(
  route: LegRoute,
  customerId: CustomerId,
  locations: Locations,
  trunks: TrunkLookup,
): Promise<RouteTarget> {
  switch (route.kind) {
    case 'contact':
      return toContact(locations.contact(route.aor, route.contactId), route.aor);
    case 'uri':
      return toUri(route.uri);
    case 'trunk':
      return toTrunk(route.number, route.trunkId, customerId, trunks);
  }
}

/** RFC 3261 §16.5, with Path (RFC 3327) and the flow it registered over (RFC 5626 §5.3). */
function toContact(contact: RegisteredContact | undefined, aor: string): RouteTarget {
  if (contact === undefined) throw new RouteError(`${aor} is no longer registered with this contact`);
  const { uri, target, path } = contact;
  const at = aor.lastIndexOf('@');
  return { uri: requestUri(uri), to: toHeader(aor.slice(0, Math.max(0, at)), aor.slice(at + 1)), target, routes: path };
}

function toUri(text: string): RouteTarget {
  const uri = requestUri(parseUri(text));
  return { uri, to: toHeader(uri.user ?? '', uri.host), target: undefined, routes: [] };
}

async function toTrunk(
  number: string,
  trunkId: string,
  customerId: CustomerId,
  trunks: TrunkLookup,
): Promise<RouteTarget> {
  const trunk = await trunks.trunk(customerId, trunkId);
  if (trunk === undefined) throw new RouteError(`trunk ${trunkId} does not exist any more`);
  const { host, port, transport, username, password } = trunk;
  const to = toHeader(number, host);
  const params = transport === 'udp' ? USER_PHONE : USER_PHONE.set('transport', transport);
  return {
    uri: to.uri.with({ port, params }),
    to: NameAddr.of({ uri: to.uri.with({ params: USER_PHONE }) }),
    target: undefined,
    routes: [],
    trunkHost: host,
    ...(username === '' ? {} : { credentials: { username, password } }),
  };
}

/** RFC 3261 §19.1.6: the user is a telephone number. */
const USER_PHONE = Params.of([['user', 'phone']]);

function parseUri(text: string): SipUri {
  const uri = attempt(() => SipUri.parse(/^sips?:/i.test(text) ? text : `sip:${text}`));
  if (uri === undefined) throw new RouteError(`${JSON.stringify(text)} is no SIP URI`);
  return uri;
}

/** RFC 3261 §19.1.1, table 1: headers and `method` have no place in a Request-URI. */
function requestUri(uri: SipUri): SipUri {
  if (uri.headers === '' && !uri.params.has('method')) return uri;
  return uri.with({ headers: '', params: uri.params.delete('method') });
}

/** Table 1 again: nor have a port and parameters in To, which would tell one phone how another is reached. */
function toHeader(user: string, host: string): NameAddr {
  const uri = attempt(() => sipUri(user, host));
  if (uri === undefined) throw new RouteError(`${JSON.stringify(host)} is no host`);
  return NameAddr.of({ uri });
}

function attempt<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
