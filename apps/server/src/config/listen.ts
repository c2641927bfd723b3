import { isIP, isIPv6, SocketAddress } from 'node:net';
import { ConfigError } from './config-error.ts';
import { nameOf } from './schema.ts';

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

export interface SipListen extends ListenAddress {
  readonly protocol: 'udp' | 'tcp';
}

const MAX_PORT = 65_535;

/** An IP address as sockets spell it: IPv6 can be written in many ways. What is no IP address stays as it is. */
export function canonicalAddress(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}

/** Reads `address:port` (IPv6 in brackets). @throws ConfigError naming the setting */
export function parseListen(setting: string, text: string): ListenAddress {
  const found = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim());
  const address = found?.[1] ?? found?.[2] ?? '';
  const port = Number(found?.[3]);
  if (found === null || port > MAX_PORT || (isIP(address) === 0 && address !== 'localhost')) {
    throw new ConfigError(
      `${nameOf(setting)}: "${text}" is not an address and a port`,
      'Write an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080.',
    );
  }
  return { address: address === 'localhost' ? '127.0.0.1' : canonicalAddress(address), port };
}

/** Reads `udp:127.0.0.1:5060,tcp:127.0.0.1:5060`. @throws ConfigError naming the setting */
export function parseSipListen(setting: string, text: string): SipListen[] {
  return text.split(',').map((item) => {
    const [, protocol, rest = ''] = /^\s*([a-z]+):(.*)$/.exec(item) ?? [];
    if (protocol !== 'udp' && protocol !== 'tcp') {
      throw new ConfigError(
        `${nameOf(setting)}: "${item}" names no transport that is known`,
        'Write udp:address:port or tcp:address:port, several separated by commas.',
      );
    }
    return { protocol, ...parseListen(setting, rest) };
  });
}

/** `address:port`, with brackets round IPv6. */
export function formatListen({ address, port }: ListenAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
