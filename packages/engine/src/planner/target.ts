import type { Address } from '../records/address.ts';
import { normaliseNumber } from './e164.ts';
import { formatSipTarget, parseSipTarget, type SipTarget } from './sip-target.ts';

/** Whom an address names. */
export type Target =
  /** Phones of the customer's own domain. `names`: what the extension may be called, likeliest first. */
  | { readonly kind: 'phone'; readonly names: readonly string[] }
  /** Somewhere else. */
  | { readonly kind: 'uri'; readonly uri: string }
  /** E.164 with `+`. */
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'agent'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  /** It can't be read. `problem` follows the target ("is no E.164 number"), `right` completes "it must be …". */
  | { readonly kind: 'malformed'; readonly problem: string; readonly right: string }
  /** A phone of a domain that is not the customer's. */
  | { readonly kind: 'foreign'; readonly domain: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Letters and digits, and the signs that are common in user names. */
const EXTENSION_NAME = /^[A-Za-z0-9\-_.!~*'()&=+$,]{1,128}$/;

/** Reads an address of a customer whose SIP domain is `domain`. */
export function readTarget(address: Address, domain: string): Target {
  const target = address.target.trim();
  switch (address.type) {
    case 'endpoint':
      return readEndpoint(target, domain);
    case 'extension':
      return readExtension(target, address.targetName.trim(), domain);
    case 'sip':
      return readSip(target, domain);
    case 'tel':
      return readNumber(target);
    case 'agent':
      return UUID.test(target) ? { kind: 'agent', id: target.toLowerCase() } : NO_AGENT_ID;
    case 'groupcall':
      return UUID.test(target) ? { kind: 'group', id: target.toLowerCase() } : NO_GROUP_ID;
  }
}

/** Reads the URI of a redirection: a SIP URI, or a telephone number (`tel:`). */
export function readRedirect(uri: string, domain: string): Target {
  return /^tel:/i.test(uri) ? readNumber(uri.slice(4).split(';')[0] ?? '') : readSip(uri, domain);
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

const NO_AGENT_ID: Target = { kind: 'malformed', problem: 'is no id', right: 'the id (a UUID) of an agent' };
const NO_GROUP_ID: Target = { kind: 'malformed', problem: 'is no id', right: 'the id (a UUID) of a saved group' };

const NO_ENDPOINT: Target = {
  kind: 'malformed',
  problem: 'is no endpoint',
  right: 'the name and domain of a SIP endpoint, such as test11@example.com',
};

const NO_EXTENSION: Target = {
  kind: 'malformed',
  problem: 'is no name of an extension',
  right: 'the name of an extension, such as test11',
};

const NO_SIP_URI: Target = {
  kind: 'malformed',
  problem: 'is no SIP URI',
  right: 'a SIP URI without headers, such as sip:alice@example.com:5060',
};

const NO_NUMBER: Target = {
  kind: 'malformed',
  problem: 'is no E.164 number',
  right: 'a telephone number with + and country code, such as +15550100',
};

function readEndpoint(target: string, domain: string): Target {
  const uri = parseSipTarget(target);
  if (uri === undefined || !EXTENSION_NAME.test(uri.user)) return NO_ENDPOINT;
  return uri.host === domain.toLowerCase()
    ? { kind: 'phone', names: [uri.user] }
    : { kind: 'foreign', domain: uri.host };
}

/** Clients that know an extension by its id put the name beside it. */
function readExtension(target: string, targetName: string, domain: string): Target {
  if (target.includes('@')) return readEndpoint(target, domain);
  const names = [target, targetName].filter((name) => EXTENSION_NAME.test(name));
  return names.length === 0 ? NO_EXTENSION : { kind: 'phone', names };
}

function readSip(target: string, domain: string): Target {
  const uri = parseSipTarget(target);
  if (uri === undefined) return NO_SIP_URI;
  if (isOwn(uri, domain)) return EXTENSION_NAME.test(uri.user) ? { kind: 'phone', names: [uri.user] } : NO_ENDPOINT;
  return { kind: 'uri', uri: formatSipTarget(uri) };
}

function readNumber(target: string): Target {
  const number = normaliseNumber(target);
  return number === undefined ? NO_NUMBER : { kind: 'number', number };
}

/**
 * Whether the URI names somebody of the domain. A domain that is an address of the server itself (a trial on one machine) is
 * shared with whatever else listens there, so a port of its own leads straight to that.
 */
function isOwn({ host, port }: SipTarget, domain: string): boolean {
  if (host !== domain.toLowerCase()) return false;
  return port === undefined || port === SIP_PORT || !MACHINE.test(host);
}

const SIP_PORT = 5060;

/** An IP address, or the machine itself. */
const MACHINE = /^(?:[\d.]+|\[.*\]|localhost)$/;
