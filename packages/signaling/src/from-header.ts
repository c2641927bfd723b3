import type { Address } from '@groupcall/engine';
import { type HeaderLine, NameAddr, SipUri } from '@groupcall/sip';
import { isHost, phoneNumber, sipUri } from './sip-address.ts';

/** Who calls, and how much of it a phone may see. */
export interface CallerIdentityInput {
  readonly source: Address;
  /** Shown in place of the source: a number, `name@domain`, a SIP URI, a name-addr, or any name. */
  readonly callerId?: string | undefined;
  /** Hide who calls. */
  readonly anonymous: boolean;
  /** The customer's SIP domain. */
  readonly domain: string;
  /** Set when the call leaves through a trunk: its host, in whose name space numbers then are. */
  readonly trunkHost?: string | undefined;
}

/** The From header of an INVITE, and the headers that go with it. */
export interface CallerIdentity {
  readonly from: NameAddr;
  readonly headers: readonly HeaderLine[];
}

/** RFC 3323 §4.1.1.3. */
const ANONYMOUS = NameAddr.of({
  displayName: 'Anonymous',
  uri: SipUri.parse('sip:anonymous@anonymous.invalid'),
});

/** What may not stand in a display name, quoted or not. */
// eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]+/g;

/**
 * Says who calls. Whoever wants to stay unknown is so in the From header itself, which phones show, and asks the network
 * for the same (`Privacy: id`, RFC 3323). The true identity goes to trunks alone (P-Asserted-Identity, RFC 3325 §9.1): they are the
 * only peers that this server trusts to keep it.
 */
export function callerIdentity(input: CallerIdentityInput): CallerIdentity {
  const host = input.trunkHost ?? input.domain;
  const party = partyOf(input, host);
  const headers: HeaderLine[] = [];
  if (input.trunkHost !== undefined && party !== undefined) headers.push(['P-Asserted-Identity', party.toString()]);
  if (input.anonymous) headers.push(['Privacy', 'id']);
  return { from: input.anonymous ? ANONYMOUS : (party ?? ANONYMOUS), headers };
}

/** Undefined when nothing says who calls. */
function partyOf({ source, callerId, domain }: CallerIdentityInput, host: string): NameAddr | undefined {
  if (callerId !== undefined && callerId.trim() !== '') return partyOfText(callerId.trim(), host);
  if (source.target === '') return undefined;
  const { type, name, target, targetName } = source;
  switch (type) {
    case 'tel':
      return party(name, phoneNumber(target) ?? target, host);
    case 'endpoint':
    case 'extension': {
      const at = target.lastIndexOf('@');
      const user = at < 0 ? target : target.slice(0, at);
      const ownHost = target.slice(at + 1);
      // A trunk knows nothing of the customer's domain.
      return party(name, user, at < 0 || host !== domain || !isHost(ownHost) ? host : ownHost);
    }
    case 'sip': {
      const { displayName, uri } = partyOfText(target, host);
      return NameAddr.of({ displayName: name === '' ? displayName : display(name), uri });
    }
    case 'agent':
    case 'groupcall':
      return party(name, targetName === '' ? target : targetName, host);
  }
}

/** An address when it is one, and otherwise a name. */
function partyOfText(text: string, host: string): NameAddr {
  const number = phoneNumber(text);
  if (number !== undefined) return party('', number, host);
  try {
    const { displayName, uri } = text.includes('<') ? NameAddr.parse(text) : NameAddr.of({ uri: parseAddress(text) });
    // Only the address: parameters, headers and a password are nobody's business.
    return party(displayName, uri.user ?? '', uri.host);
  } catch {
    return party(text, text, host);
  }
}

function parseAddress(text: string): SipUri {
  return SipUri.parse(/^sips?:/i.test(text) || !text.includes('@') ? text : `sip:${text}`);
}

function party(name: string, user: string, host: string): NameAddr {
  return NameAddr.of({ displayName: display(name), uri: sipUri(user, host) });
}

function display(name: string): string {
  return name.replace(CONTROL, ' ').trim();
}
