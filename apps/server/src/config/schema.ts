import { Domain } from '@groupcall/contract';
import { Type, type Static } from 'typebox';

/** Every environment variable of the server begins with this. */
export const ENV_PREFIX = 'GROUPCALL_';

/** A setting as messages name it: `http_listen (GROUPCALL_HTTP_LISTEN)`. */
export function nameOf(setting: string): string {
  return `${setting} (${ENV_PREFIX}${setting.toUpperCase()})`;
}

const Milliseconds = (description: string, fallback: number) =>
  Type.Integer({ minimum: 0, maximum: 3_600_000, default: fallback, description: `${description}, in ms.` });

/**
 * Every setting of the server: one closed schema, from which the types, the defaults, the messages and docs/config.md
 * come. The environment variable of a setting is `GROUPCALL_` and its name in capitals.
 */
export const ConfigSchema = Type.Object(
  {
    http_listen: Type.String({
      default: '127.0.0.1:8080',
      description: 'Where the API listens: `address:port`. Port 0 takes a free one.',
    }),
    sip_listen: Type.String({
      default: 'udp:127.0.0.1:5060,tcp:127.0.0.1:5060',
      description:
        'Where SIP listens: `udp:address:port` or `tcp:address:port`, several separated by commas. IPv6 in brackets.',
    }),
    sip_advertise: Type.String({
      default: '',
      description:
        'Address that phones are told to reach this server at, when it differs from the one it listens on (NAT): an IP or a host name.',
    }),
    sip_domain: Type.String({
      ...Domain,
      default: 'local',
      description: 'SIP domain of the default customer, a host name. It is used when that is made, at the first start.',
    }),
    sip_digest: Type.Enum(['md5', 'sha-256,md5', 'sha-256'], {
      default: 'md5',
      description:
        'Digest algorithms that phones are challenged with, in this order. `md5` is what every phone speaks; `sha-256,md5` is RFC 8760, under which newer phones use SHA-256 and some older ones (those of libre before 2.0, SIPp) refuse to register.',
    }),
    database_url: Type.String({
      default: 'sqlite:./data/groupcall.db',
      description: 'Where records are kept: `sqlite:<path>`, the embedded database. A missing folder is made.',
    }),
    root_key: Type.String({
      default: '',
      description:
        'The root key of the API, 12 characters or more. When empty, one is made and printed at the first start.',
    }),
    media: Type.Enum(['direct'], {
      default: 'direct',
      description: 'How two connected phones exchange audio: `direct`, from phone to phone.',
    }),
    rtp_address: Type.String({
      default: '',
      description: 'IP address of the audio that the server itself sends; when empty, that of the first SIP listener.',
    }),
    rtp_ports: Type.String({
      default: '20000-29999',
      pattern: '^\\d{1,5}-\\d{1,5}$',
      description: 'UDP ports of the audio that the server itself sends: `first-last`.',
    }),
    drain_timeout_ms: Milliseconds('How long calls may go on after SIGTERM before they are hung up', 30_000),
    log_level: Type.Enum(['debug', 'info', 'warn', 'error', 'silent'], {
      default: 'info',
      description: 'Least severity of a line of the log, which goes to stderr as JSON.',
    }),
  },
  { additionalProperties: false },
);

/** The settings as they are read. */
export type Settings = Static<typeof ConfigSchema>;
