import type { SipUri } from '../message/sip-uri.ts';
import type { Target } from '../transport/flow.ts';
import type { UserAgentCore } from './core.ts';

/**
 * The value of our Contact header (RFC 3261 §8.1.1.8): the listener at which `peer` reaches us.
 * @param like the URI whose user part it takes over.
 * @param secure the dialog is asked for with a SIPS URI.
 */
export function contactValue(core: UserAgentCore, peer: Target, like: SipUri, secure: boolean): string {
  const uri = core.transport.contactFor(peer.protocol, peer).with({
    ...(like.user === undefined ? {} : { user: like.user }),
    ...(secure ? { scheme: 'sips' as const } : {}),
  });
  return `<${uri.toString()}>`;
}
