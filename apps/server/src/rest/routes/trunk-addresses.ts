import { isIP, isIPv6 } from 'node:net';
import { canonicalAddress } from '../../config/listen.ts';
import { ApiError } from '../api-error.ts';

/** `1.2.3.4`, `1.2.3.4:5060`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:5060`. */
const SOURCE = /^(?:\[([^\]]*)\]|([^:[\]]+)|([^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/;

const MAX_PORT = 65_535;

/** The host of a trunk as SIP messages have it: an IPv6 address without its brackets. @throws ApiError */
export function readHost(text: string): string {
  if (!text.includes(':')) return text;
  const address = text.replace(/^\[(.*)\]$/, '$1');
  if (isIPv6(address)) return canonicalAddress(address);
  throw wrong('host', `host must be a host name or an IP address, and ${JSON.stringify(text)} is neither`);
}

/** The addresses a trunk sends from, spelled as the sockets spell them: `ip` or `ip:port`. @throws ApiError */
export function readSources(texts: readonly string[]): readonly string[] {
  return texts.map((text, index) => {
    const [, bracketed, short, long, port] = SOURCE.exec(text) ?? [];
    const address = bracketed ?? short ?? long ?? '';
    const isRight = bracketed === undefined ? isIP(address) !== 0 : isIPv6(address);
    if (!isRight || (port !== undefined && (Number(port) < 1 || Number(port) > MAX_PORT))) {
      const member = `source_addresses[${index}]`;
      throw wrong(
        member,
        `${member} must be an IP address, or one with a port such as 192.0.2.1:5060 or [2001:db8::1]:5060`,
      );
    }
    if (port === undefined) return canonicalAddress(address);
    return isIPv6(address) ? `[${canonicalAddress(address)}]:${Number(port)}` : `${address}:${Number(port)}`;
  });
}

function wrong(member: string, message: string): ApiError {
  return new ApiError('INVALID_ARGUMENT', message, { details: [{ member, message }] });
}
