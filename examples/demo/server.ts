import { join } from 'node:path';
import { Child } from './child.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'server', 'src', 'main.ts');
const START_TIMEOUT_MS = 30_000;

/** What the demo reads of a group call. */
export interface GroupCall {
  readonly id: string;
  readonly status: string;
  readonly answer_call_id: string;
  readonly call_ids: readonly string[];
  readonly call_count: number;
  readonly legs: readonly {
    readonly call_id: string;
    readonly status: string;
    readonly hangup_by: string;
    readonly hangup_reason: string;
    readonly sip_code: number;
    readonly reason_sent: string;
    readonly why: string;
  }[];
}

/** The server in a process of its own, and its API. */
export class Server {
  readonly #child: Child;
  readonly #key: string;
  #http = '';
  readonly #sip = new Map<string, string>();

  private constructor(folder: string, key: string, env: NodeJS.ProcessEnv, onReady: () => void) {
    this.#key = key;
    const settings = {
      GROUPCALL_HTTP_LISTEN: '127.0.0.1:0',
      GROUPCALL_SIP_LISTEN: 'udp:127.0.0.1:0,tcp:127.0.0.1:0',
      GROUPCALL_DATABASE_URL: `sqlite:${join(folder, 'groupcall.db')}`,
      GROUPCALL_ROOT_KEY: key,
      ...env,
    };
    this.#child = new Child(MAIN, [], { ...process.env, ...settings }, (line) => {
      const [, where] = /^listening (\S+)$/.exec(line) ?? [];
      if (where?.startsWith('http') === true) this.#http = where;
      else if (where !== undefined)
        this.#sip.set(where.slice(0, where.indexOf(':')), where.slice(where.indexOf(':') + 1));
      if (line === 'ready') onReady();
    });
  }

  /** Starts it on free ports with a database in `folder`; rejects with its own words when it ends at once. */
  static async start(folder: string, key: string, env: NodeJS.ProcessEnv = {}): Promise<Server> {
    let server: Server | undefined;
    await new Promise<void>((resolve, reject) => {
      const starting = new Server(folder, key, env, resolve);
      server = starting;
      const failed = (): void => {
        reject(new Error(`The server did not start:\n${starting.#child.errors}`));
      };
      starting.#child.process.once('exit', failed);
      setTimeout(failed, START_TIMEOUT_MS).unref();
    });
    if (server === undefined) throw new Error('unreachable: the promise resolves after the server was made');
    return server;
  }

  get url(): string {
    return `${this.#http}/v1.0`;
  }

  get key(): string {
    return this.#key;
  }

  /** `address:port` of a SIP listener. */
  sip(transport: 'udp' | 'tcp'): string {
    return this.#sip.get(transport) ?? '';
  }

  /** One request; throws unless the reply is 200. */
  async call<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text) as Body;
  }

  /** Ends it as an operator would; true when it left with 0. */
  async stop(): Promise<boolean> {
    return (await this.#child.stop()) === 0;
  }
}
