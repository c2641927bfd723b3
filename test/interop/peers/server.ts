import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PeerProcess, type Exit } from './process.ts';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'apps', 'server', 'src', 'main.ts');

/** Long enough for a loaded machine; only a failing test waits for it. */
const STEP_TIMEOUT_MS = 45_000;

/** A reply of the API, as it came. */
export interface Reply<Body = Record<string, unknown>> {
  readonly status: number;
  readonly body: Body;
}

/** What these tests read of a leg. */
export interface Leg {
  readonly destination: number;
  readonly call_id: string;
  readonly groupcall_id: string;
  readonly status: string;
  readonly hangup_by: string;
  readonly hangup_reason: string;
  readonly sip_code: number;
  readonly reason_sent: string;
  readonly why: string;
}

/** What these tests read of a group call. */
export interface GroupCall {
  readonly id: string;
  readonly status: string;
  readonly hangup_reason: string;
  readonly answer_call_id: string;
  readonly answer_groupcall_id: string;
  readonly master_call_id: string;
  readonly call_ids: readonly string[];
  readonly groupcall_ids: readonly string[];
  readonly call_count: number;
  readonly dial_index: number;
  readonly legs: readonly Leg[];
}

export const NIL = '00000000-0000-0000-0000-000000000000';

/** Address as the API takes it. */
export function extension(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'extension', target: name, ...more };
}

export interface ServerOptions {
  /** Folder of the database; a new one that is removed at the end when absent. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The server as a process of its own, as a user runs it, with ports of its own. */
export class Server {
  readonly process: PeerProcess;
  readonly http: string;
  readonly udpPort: number;
  readonly tcpPort: number;
  readonly #key: string;
  readonly #temporary: string | undefined;

  private constructor(process: PeerProcess, listening: Listening, key: string, temporary: string | undefined) {
    this.process = process;
    this.http = listening.http;
    this.udpPort = listening.udpPort;
    this.tcpPort = listening.tcpPort;
    this.#key = key;
    this.#temporary = temporary;
  }

  static async start(options: ServerOptions = {}): Promise<Server> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'groupcall-server-'));
    const key = 'gc_root_key_of_the_interop_tests';
    const process = new PeerProcess(globalThis.process.execPath, [MAIN], {
      env: {
        ...globalThis.process.env,
        GROUPCALL_HTTP_LISTEN: '127.0.0.1:0',
        GROUPCALL_SIP_LISTEN: 'udp:127.0.0.1:0,tcp:127.0.0.1:0',
        GROUPCALL_DATABASE_URL: `sqlite:${join(folder, 'groupcall.db')}`,
        GROUPCALL_ROOT_KEY: key,
        ...options.env,
      },
    });
    await process.waitFor(/^ready$/m, STEP_TIMEOUT_MS);
    const temporary = options.folder === undefined ? folder : undefined;
    return new Server(process, listening(process.output), key, temporary);
  }

  /** `127.0.0.1:port` of the listener. */
  sip(transport: 'udp' | 'tcp' = 'udp'): string {
    return `127.0.0.1:${transport === 'udp' ? this.udpPort : this.tcpPort}`;
  }

  async request<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Reply<Body>> {
    const response = await fetch(`${this.http}/v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** As {@link request}, and throws unless the reply is 200. */
  async ok<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body> {
    const reply = await this.request<Body>(method, path, body);
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** Creates extensions, each with the password `pw-NAME`. */
  async extensions(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.ok('POST', '/extensions', { extension: name, password: `pw-${name}` });
  }

  /** Rings the destinations; `more` are further members of the request. */
  ring(destinations: readonly unknown[], more: Record<string, unknown> = {}): Promise<GroupCall> {
    const source = { type: 'tel', target: '+821028286521' };
    return this.ok<GroupCall>('POST', '/groupcalls', { source, destinations, ring_method: 'ring_all', ...more });
  }

  groupCall(id: string): Promise<GroupCall> {
    return this.ok<GroupCall>('GET', `/groupcalls/${id}`);
  }

  /** Asks until the record is as wanted. The API has no long poll, so this looks every 20 ms. */
  async groupCallUntil(id: string, wanted: (groupCall: GroupCall) => boolean, what: string): Promise<GroupCall> {
    const deadline = AbortSignal.timeout(STEP_TIMEOUT_MS);
    for (;;) {
      const groupCall = await this.groupCall(id);
      if (wanted(groupCall)) return groupCall;
      if (deadline.aborted)
        throw new Error(`never ${what}: ${JSON.stringify(groupCall, null, 1)}\n${this.process.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The final record. */
  groupCallEnded(id: string): Promise<GroupCall> {
    return this.groupCallUntil(id, (groupCall) => groupCall.status === 'hangup', 'ended');
  }

  async newestGroupCall(): Promise<GroupCall> {
    const { result } = await this.ok<{ result: GroupCall[] }>('GET', '/groupcalls?page_size=1');
    if (result[0] === undefined) throw new Error('no group call yet');
    return result[0];
  }

  /** SIGTERM, and the folder is removed if it was made here. */
  async stop(): Promise<Exit> {
    const exit = await this.process.stop('SIGTERM', 15_000);
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
    return exit;
  }
}

interface Listening {
  readonly http: string;
  readonly udpPort: number;
  readonly tcpPort: number;
}

function listening(output: string): Listening {
  const port = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0);
  const http = /^listening (http:\/\/\S+)$/m.exec(output)?.[1];
  if (http === undefined) throw new Error(`the server printed no HTTP listener:\n${output}`);
  return { http, udpPort: port(/^listening udp:\S+:(\d+)$/m), tcpPort: port(/^listening tcp:\S+:(\d+)$/m) };
}
