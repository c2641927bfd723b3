import { isIP, isIPv6 } from 'node:net';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { AppError, type SocketAddress, toError } from '@groupcall/kernel';
import { parseDecline } from './phone-command.ts';
import type { PhoneSettings } from './phone-settings.ts';

/** An option is missing, unknown or malformed. */
export class UsageError extends AppError<'PHONE_USAGE'> {
  constructor(message: string) {
    super('PHONE_USAGE', message, { help: 'Run it with --help to see every option.' });
  }
}

/** A host may be a name, which the program looks up. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** The settings as they were typed: the server's name is not looked up yet. */
export interface CommandLine {
  readonly help: boolean;
  readonly server: HostPort;
  /** Go on when standard input ends. */
  readonly detached: boolean;
  readonly settings: Omit<PhoneSettings, 'server'>;
}

export const HELP = `A small SIP phone. It rings, talks (a tone, PCMU) and hangs up as it is told.

  node apps/phone/src/main.ts --user alice --password secret --domain local --server 127.0.0.1:5060

Who and where
  --user NAME            user part of its address, and user name of its digest
  --password SECRET      without it the phone answers no challenge
  --domain DOMAIN        domain of its address
  --server HOST[:PORT]   where everything is sent; port 5060 unless given
  --transport udp|tcp    default udp
  --listen IP[:PORT]     own address for SIP and RTP, default 127.0.0.1:0; port 0 takes a free one
  --expires SECONDS      lifetime of the registration that it asks for, default 600
  --no-register          do not register at the start

What it does with a call that comes in (one of these; default: --ring-only)
  --answer-after MS      ring, and answer after that time
  --decline STATUS       refuse at once, say with 486
  --ring-only            ring until it is told what to do
  --silent               be deaf to every request: not even a 100 comes back

Calls
  --call URI             call that SIP URI, or that user of the own domain, once registered
  --hang-up-after MS     hang up after talking for that time
  --tone HZ              the tone it sends, a multiple of 50, default 400

Running
  --detached             go on when standard input ends (else that ends the phone)
  --help                 this text

It reads commands from standard input, a JSON object a line:
  {"command":"register"}  {"command":"unregister"}  {"command":"call","to":"sip:bob@local"}  {"command":"cancel"}
  {"command":"answer"}    {"command":"decline","status":486}  {"command":"hangup"}  {"command":"hold"}
  {"command":"resume"}    {"command":"quit"}
and writes events to standard output, a JSON object a line: ready, registered, unregistered, calling, ringing,
cancelled, answered, talking, media, rtp, ended, error.
It ends with quit, with its input, or with SIGINT or SIGTERM: calls are hung up and the registration is taken back.
`;

const OPTIONS = {
  user: { type: 'string' },
  password: { type: 'string', default: '' },
  domain: { type: 'string' },
  server: { type: 'string' },
  transport: { type: 'string', default: 'udp' },
  listen: { type: 'string', default: '127.0.0.1:0' },
  expires: { type: 'string', default: '600' },
  'no-register': { type: 'boolean', default: false },
  'answer-after': { type: 'string' },
  decline: { type: 'string' },
  'ring-only': { type: 'boolean', default: false },
  silent: { type: 'boolean', default: false },
  call: { type: 'string' },
  'hang-up-after': { type: 'string' },
  tone: { type: 'string', default: '400' },
  detached: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsOptionsConfig;

type Values = ReturnType<typeof readValues>;

const DEFAULT_SIP_PORT = 5060;
const MAX_PORT = 65_535;
const MAX_EXPIRES_S = 86_400;
const MAX_DELAY_MS = 86_400_000;
const LOWEST_TONE_HZ = 50;
const HIGHEST_TONE_HZ = 3400;

/**
 * Reads the arguments of the program.
 * @throws UsageError
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = readValues(args);
  // With --help nothing else has to be right.
  const required = (name: 'user' | 'domain' | 'server'): string => {
    const value = values[name] ?? (values.help ? name : '');
    if (value === '') throw new UsageError(`--${name} is missing`);
    return value;
  };
  const domain = required('domain');
  const hangUpAfter = values['hang-up-after'];
  return {
    help: values.help,
    server: parseHostPort('server', required('server'), DEFAULT_SIP_PORT),
    detached: values.detached,
    settings: {
      user: required('user'),
      password: values.password,
      domain,
      transport: parseTransport(values.transport),
      listen: parseListen(values.listen),
      expiresS: parseNumber('expires', values.expires, 1, MAX_EXPIRES_S),
      register: !values['no-register'],
      behaviour: parseBehaviour(values),
      call: values.call,
      hangUpAfterMs: hangUpAfter === undefined ? undefined : parseNumber('hang-up-after', hangUpAfter, 0, MAX_DELAY_MS),
      toneHz: parseNumber('tone', values.tone, LOWEST_TONE_HZ, HIGHEST_TONE_HZ),
    },
  };
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(toError(error).message);
  }
}

function parseBehaviour(values: Values): PhoneSettings['behaviour'] {
  const given = (['answer-after', 'decline', 'ring-only', 'silent'] as const).filter(
    (name) => values[name] !== undefined && values[name] !== false,
  );
  if (given.length > 1)
    throw new UsageError(`only one of ${given.map((name) => `--${name}`).join(' and ')} can be done`);
  if (values.silent) return { kind: 'silent' };
  if (values['answer-after'] !== undefined) {
    return { kind: 'answer', afterMs: parseNumber('answer-after', values['answer-after'], 0, MAX_DELAY_MS) };
  }
  if (values.decline === undefined) return { kind: 'ring' };
  try {
    return { kind: 'decline', status: parseDecline(Number(values.decline)) };
  } catch (error) {
    throw new UsageError(`--decline ${values.decline}: ${toError(error).message}`);
  }
}

function parseTransport(text: string): PhoneSettings['transport'] {
  if (text !== 'udp' && text !== 'tcp') throw new UsageError(`--transport is udp or tcp, not ${text}`);
  return text;
}

function parseListen(text: string): SocketAddress {
  const { host, port } = parseHostPort('listen', text, 0);
  if (isIP(host) === 0) throw new UsageError(`--listen needs an IP address, not ${host}`);
  return { address: host, port };
}

/** `host`, `host:port`, an IPv6 address, or one in brackets with a port. */
function parseHostPort(option: string, text: string, defaultPort: number): HostPort {
  if (isIPv6(text)) return { host: text, port: defaultPort };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && !isIPv6(bracketed))) {
    throw new UsageError(`--${option} needs host:port, not ${text}`);
  }
  return { host, port: port === undefined ? defaultPort : parseNumber(option, port, 0, MAX_PORT) };
}

function parseNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`--${option} is a whole number from ${min} to ${max}, not ${text}`);
  }
  return value;
}
