import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Domain } from '@groupcall/contract';
import { toError } from '@groupcall/kernel';
import { Value } from 'typebox/value';
import { ConfigError } from './config-error.ts';
import { canonicalAddress, parseListen, parseSipListen, type ListenAddress, type SipListen } from './listen.ts';
import { ConfigSchema, ENV_PREFIX, nameOf, type Settings } from './schema.ts';

/** What the server is built from: the settings, read and checked. Frozen. */
export interface Config {
  readonly httpListen: ListenAddress;
  readonly sipListen: readonly SipListen[];
  /** `undefined`: phones reach the server at the address it listens on. */
  readonly sipAdvertise: string | undefined;
  readonly sipDomain: string;
  /** In the order they are offered. */
  readonly sipDigest: readonly ('MD5' | 'SHA-256')[];
  readonly databaseUrl: string;
  /** `undefined`: made at the first start. */
  readonly rootKey: string | undefined;
  readonly rtpAddress: string;
  readonly rtpPorts: { readonly first: number; readonly last: number };
  readonly drainTimeoutMs: number;
  readonly logLevel: Settings['log_level'];
}

type Values = Record<string, unknown>;

interface Property {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
}

const PROPERTIES = ConfigSchema.properties as Record<string, Property>;
/** Anything that can stand in a header and is not guessed at once. */
const ROOT_KEY = /^[\x21-\x7e]{12,128}$/;
const FIRST_RTP_PORT = 1_024;
const LAST_RTP_PORT = 65_535;

/**
 * Reads the settings: the environment first, then the file, then the defaults.
 *
 * @param file path of a JSON file with settings by name, or `undefined`.
 * @throws ConfigError naming the setting and its value.
 */
export function loadConfig(env: NodeJS.ProcessEnv, file: string | undefined): Config {
  const values: Values = {};
  for (const [name, { default: fallback }] of Object.entries(PROPERTIES)) values[name] = fallback;
  const given = { ...(file === undefined ? {} : readSettings(file)), ...fromEnvironment(env) };
  refuseUnknown(given);
  Object.assign(values, given);
  check(values);
  return Object.freeze(interpret(values));
}

function readSettings(file: string): Values {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { message } = toError(error);
    throw new ConfigError(`--config ${file}: ${message}`, 'Give the path of a JSON file that can be read.', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(`--config ${file}: not a JSON object`, 'Write one object with settings by name.');
  }
  return value as Values;
}

/** Variables that begin with the prefix and are no setting are refused: most likely they are misspelt. */
function fromEnvironment(env: NodeJS.ProcessEnv): Values {
  const values: Values = {};
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(ENV_PREFIX) || text === undefined) continue;
    const name = variable.slice(ENV_PREFIX.length).toLowerCase();
    const isNumber = PROPERTIES[name]?.type === 'integer' && /^-?\d+$/.test(text);
    values[name] = isNumber ? Number(text) : text;
  }
  return values;
}

function refuseUnknown(given: Values): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(PROPERTIES, name));
  if (unknown !== undefined) {
    throw new ConfigError(`${nameOf(unknown)} is no setting`, 'See docs/config.md for all there are.');
  }
}

function check(values: Values): asserts values is Values & Settings {
  const [error] = Value.Errors(ConfigSchema, values);
  if (error === undefined) return;
  const name = error.instancePath.slice(1).split('/', 1)[0] ?? '';
  const allowed = 'allowedValues' in error.params ? `: ${String(error.params.allowedValues)}` : '';
  // The root key is a secret also where it is none that can be used.
  const value = name === 'root_key' ? 'the value' : JSON.stringify(values[name]);
  const help = `${PROPERTIES[name]?.description ?? ''} See docs/config.md.`;
  throw new ConfigError(`${nameOf(name)}: ${value} ${error.message}${allowed}`, help);
}

function interpret(values: Values & Settings): Config {
  const sipListen = parseSipListen('sip_listen', values.sip_listen);
  const everywhere = sipListen.find(({ address }) => address === '0.0.0.0' || address === '::');
  if (everywhere !== undefined && values.sip_advertise === '') {
    throw new ConfigError(
      `${nameOf('sip_listen')}: ${everywhere.address} does not say where phones reach this server`,
      'Set GROUPCALL_SIP_ADVERTISE to the address that phones reach it at, or listen on one address.',
    );
  }
  if (values.root_key !== '' && !ROOT_KEY.test(values.root_key)) {
    throw new ConfigError(
      `${nameOf('root_key')} must have 12 to 128 characters of ASCII, and no space among them`,
      'Choose a longer one, or leave it empty to have one made.',
    );
  }
  return {
    httpListen: parseListen('http_listen', values.http_listen),
    sipListen,
    sipAdvertise: sipAdvertise(values.sip_advertise),
    sipDomain: values.sip_domain.toLowerCase(),
    sipDigest: values.sip_digest.split(',').map((name) => (name === 'md5' ? 'MD5' : 'SHA-256')),
    databaseUrl: values.database_url,
    rootKey: values.root_key === '' ? undefined : values.root_key,
    rtpAddress: rtpAddress(values.rtp_address) ?? sipListen[0]?.address ?? '127.0.0.1',
    rtpPorts: rtpPorts(values.rtp_ports),
    drainTimeoutMs: values.drain_timeout_ms,
    logLevel: values.log_level,
  };
}

function sipAdvertise(text: string): string | undefined {
  if (text === '') return undefined;
  const address = canonicalAddress(text);
  if (isIP(address) !== 0 || Value.Check(Domain, address)) return address;
  throw new ConfigError(
    `${nameOf('sip_advertise')}: "${text}" is no IP address and no host name`,
    'Write one of them, without a port: phones are told that of each listener.',
  );
}

function rtpAddress(text: string): string | undefined {
  if (text === '') return undefined;
  if (isIP(text) !== 0) return canonicalAddress(text);
  throw new ConfigError(
    `${nameOf('rtp_address')}: "${text}" is no IP address`,
    'Write an address of this machine, such as 192.0.2.1, or leave it empty.',
  );
}

function rtpPorts(text: string): { first: number; last: number } {
  const [first = 0, last = 0] = text.split('-').map(Number);
  if (first < FIRST_RTP_PORT || last > LAST_RTP_PORT || last <= first) {
    throw new ConfigError(
      `${nameOf('rtp_ports')}: "${text}" is no range of ports`,
      `Write first-last, between ${FIRST_RTP_PORT} and ${LAST_RTP_PORT}, the last larger than the first.`,
    );
  }
  return { first, last };
}
