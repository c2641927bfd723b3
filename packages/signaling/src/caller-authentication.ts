import type { Address, Trunk } from '@groupcall/engine';
import { NameAddr, type ServerInvite, type SipRequest } from '@groupcall/sip';
import type { AccountGate } from './account-gate.ts';
import type { AuthenticatedCaller } from './incoming-call.ts';
import type { TrunkLookup } from './lookups.ts';
import { phoneNumber } from './sip-address.ts';

export interface CallerAuthenticationOptions {
  readonly gate: AccountGate;
  readonly trunks: TrunkLookup;
}

/** Decides who may call: a trunk by the address it sends from, anybody else by the digest of his account. */
export class CallerAuthentication {
  readonly #gate: AccountGate;
  readonly #trunks: TrunkLookup;

  constructor({ gate, trunks }: CallerAuthenticationOptions) {
    this.#gate = gate;
    this.#trunks = trunks;
  }

  /** Undefined when the INVITE was refused or challenged, or its caller gave up meanwhile. */
  async authenticate(invite: ServerInvite): Promise<AuthenticatedCaller | undefined> {
    const { request, flow } = invite;
    const trunk = await this.#trunks.bySource(flow.remote.address, flow.remote.port);
    if (trunk !== undefined) return this.#ofTrunk(invite, trunk);
    const verdict = await this.#gate.check(request, flow, [request.from.uri.host, request.uri.host]);
    if (invite.ended) return undefined;
    if (!verdict.ok) {
      invite.reject(verdict.status, { headers: verdict.headers });
      return undefined;
    }
    const { extension } = verdict;
    const account = `${extension.extension}@${extension.domain}`;
    const name = extension.name === '' ? request.from.displayName : extension.name;
    const source: Address = wantsPrivacy(request)
      ? { ...ANONYMOUS, detail: account }
      : { type: 'extension', target: account, targetName: extension.extension, name, detail: '' };
    return { customerId: extension.customerId, from: 'extension', source };
  }

  #ofTrunk(invite: ServerInvite, trunk: Trunk): AuthenticatedCaller | undefined {
    if (invite.ended) return undefined;
    return { customerId: trunk.customerId, from: 'trunk', source: trunkSource(invite.request) };
  }
}

const ANONYMOUS: Address = {
  type: 'sip',
  target: 'sip:anonymous@anonymous.invalid',
  targetName: '',
  name: 'Anonymous',
  detail: '',
};

/** RFC 3323 §4.2: what a user who wants to stay unknown asks for; `none` and `critical` ask for nothing to be hidden. */
function wantsPrivacy(request: SipRequest): boolean {
  if (request.from.uri.host.toLowerCase() === 'anonymous.invalid') return true;
  const values = (request.header('Privacy') ?? '').split(/[;,]/).map((value) => value.trim().toLowerCase());
  return values.some((value) => ['id', 'user', 'header', 'session'].includes(value));
}

/** RFC 3325 §9.1: what a trunk asserts is believed before what the caller wrote. */
function trunkSource(request: SipRequest): Address {
  if (wantsPrivacy(request)) return ANONYMOUS;
  const { displayName, uri } = assertedIdentity(request) ?? request.from;
  const number = phoneNumber(uri.user ?? '');
  const named = { targetName: '', name: displayName, detail: '' };
  if (number?.startsWith('+') === true) return { type: 'tel', target: number, ...named };
  return { type: 'sip', target: `sip:${uri.user === undefined ? '' : `${uri.user}@`}${uri.host}`, ...named };
}

function assertedIdentity(request: SipRequest): NameAddr | undefined {
  for (const value of request.headerList('P-Asserted-Identity')) {
    try {
      return NameAddr.parse(value);
    } catch {
      // One that is malformed says nothing.
    }
  }
  return undefined;
}
