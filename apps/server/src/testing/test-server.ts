import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CryptoIdSource, NodeNetwork, silentLogger, SystemClock } from '@groupcall/kernel';
import { loadConfig } from '../config/config.ts';
import { GroupcallServer, type Machine } from '../server.ts';

export const ROOT_KEY = 'gc_root_key_of_the_tests_00000000';

export const NIL = '00000000-0000-0000-0000-000000000000';
export const NEVER = '9999-01-01 00:00:00.000000';

/** An id that nobody has. */
export const NOBODY = '5e4a0680-804e-11ec-8477-2fea5968d85b';

export type Json = Record<string, unknown>;

/** A reply of the API. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Json;
}

export interface TestServerOptions {
  /** Folder of the database; a new one that is removed at the end when absent. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly machine?: Partial<Machine>;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

export interface AskOptions {
  /** `''`: none. Default: the root key. */
  readonly key?: string;
  /** A text goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole server, on free ports and with a database in a temporary folder, asked without a socket. */
export class TestServer {
  readonly server: GroupcallServer;
  readonly folder: string;
  readonly #isTemporary: boolean;

  private constructor(server: GroupcallServer, folder: string, isTemporary: boolean) {
    this.server = server;
    this.folder = folder;
    this.#isTemporary = isTemporary;
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'groupcall-rest-'));
    const config = loadConfig({ ...testEnvironment(folder), ...options.env }, undefined);
    const machine = {
      clock: new SystemClock(),
      ids: new CryptoIdSource(),
      network: new NodeNetwork(),
      logger: silentLogger,
      ...options.machine,
    };
    return new TestServer(await GroupcallServer.start(config, machine), folder, options.folder === undefined);
  }

  /** Sends a request to a path under `/v1.0`. */
  async request(method: Method, path: string, options: AskOptions = {}): Promise<Reply> {
    const { key = ROOT_KEY, body, headers = {} } = options;
    const response = await this.server.app.inject({
      method,
      url: `/v1.0${path}`,
      headers: {
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { statusCode: status } = response;
    return { status, headers: response.headers, body: response.payload === '' ? {} : response.json() };
  }

  /** As {@link request}, and throws unless the reply is 200. */
  async ok(method: Method, path: string, options?: AskOptions): Promise<Json> {
    const reply = await this.request(method, path, options);
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** The items of a list. */
  async list(path: string, options?: AskOptions): Promise<Json[]> {
    return (await this.ok('GET', path, options))['result'] as Json[];
  }

  /** A customer with a key of its own. */
  async customer(domain: string, more: Json = {}): Promise<{ id: string; key: string }> {
    const { id } = await this.ok('POST', '/customers', { body: { domain, ...more } });
    const key = await this.ok('POST', '/accesskeys', { body: { customer_id: id } });
    return { id: String(id), key: String(key['token']) };
  }

  /** Where it listens: `http`, `udp` or `tcp`, as `address:port`. */
  listener(protocol: 'http' | 'udp' | 'tcp'): string {
    const found = this.server.listeners.find((listener) => listener.startsWith(`${protocol}:`));
    if (found === undefined) throw new Error(`no ${protocol} among ${this.server.listeners.join(', ')}`);
    return found.replace(/^[a-z]+:(\/\/)?/, '');
  }

  /** Ends it, and removes the folder if it was made here. */
  async stop(): Promise<void> {
    await this.server.stop();
    if (this.#isTemporary) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The settings of a server on free ports that keeps its database in `folder` and ends calls at once when it stops. */
export function testEnvironment(folder: string): Record<string, string> {
  return {
    GROUPCALL_HTTP_LISTEN: '127.0.0.1:0',
    GROUPCALL_SIP_LISTEN: 'udp:127.0.0.1:0',
    GROUPCALL_DATABASE_URL: `sqlite:${join(folder, 'groupcall.db')}`,
    GROUPCALL_ROOT_KEY: ROOT_KEY,
    GROUPCALL_DRAIN_TIMEOUT_MS: '0',
    GROUPCALL_RTP_PORTS: '40000-49999',
  };
}

/** HTTP status and reason of an error's envelope. */
export function outcome(reply: Reply): [status: number, reason: unknown] {
  return [reply.status, reasonOf(reply)];
}

/** Reason of an error's envelope. */
export function reasonOf(reply: Reply): unknown {
  return errorOf(reply)['reason'];
}

/** Message of an error's envelope. */
export function messageOf(reply: Reply): string {
  return String(errorOf(reply)['message']);
}

/** The members that an error's details name. */
export function membersOf(reply: Reply): unknown[] {
  return ((errorOf(reply)['details'] ?? []) as { member: unknown }[]).map(({ member }) => member);
}

function errorOf({ body }: Reply): Json {
  return (body['error'] ?? {}) as Json;
}
