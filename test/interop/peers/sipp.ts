import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bound, freePort, freePortPair } from './ports.ts';
import { PeerProcess } from './process.ts';

const SCENARIOS = join(import.meta.dirname, '..', 'scenarios');

/** SIPp runs as long as Timer B when a peer stays silent; this is longer. */
const RUN_TIMEOUT_MS = 60_000;

export interface SippOptions {
  /** File name of the scenario, without `.xml`. */
  readonly scenario: string;
  /** Where a calling scenario sends its requests: `127.0.0.1:port`. */
  readonly remote?: string;
  /** User part it dials (`[service]`). */
  readonly service?: string;
  readonly transport?: 'udp' | 'tcp';
  /** How many calls it handles before it ends. */
  readonly calls?: number;
  /** What `<pause/>` waits, in ms. */
  readonly pauseMs?: number;
  /** Values for the scenario's `[field0]` … of its one CSV line. */
  readonly fields?: readonly string[];
  readonly localPort?: number;
  /** `-key name value` pairs: `[name]` in the scenario. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** One SIPp process that plays one scenario, as a phone or as a caller. */
export class Sipp {
  readonly port: number;
  readonly process: PeerProcess;
  readonly #scenario: string;
  readonly #folder: string;

  private constructor(scenario: string, folder: string, port: number, process: PeerProcess) {
    this.#scenario = scenario;
    this.#folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Starts it. A phone's port is bound when this resolves. */
  static async start(options: SippOptions): Promise<Sipp> {
    const folder = mkdtempSync(join(tmpdir(), 'groupcall-sipp-'));
    const port = options.localPort ?? (await freePort());
    const args = [
      ...(options.remote === undefined ? [] : [options.remote]),
      ...['-sf', join(SCENARIOS, `${options.scenario}.xml`)],
      ...['-i', '127.0.0.1', '-p', String(port), '-mi', '127.0.0.1', '-mp', String(await freePortPair())],
      ...['-t', options.transport === 'tcp' ? 't1' : 'u1', '-cp', String(await freePort())],
      ...['-m', String(options.calls ?? 1), '-nostdin', '-buff_size', '4000000'],
      ...['-timeout', `${RUN_TIMEOUT_MS / 1000}s`, '-timeout_error'],
      ...[
        '-trace_msg',
        '-message_file',
        join(folder, 'messages.log'),
        '-trace_err',
        '-error_file',
        join(folder, 'errors.log'),
      ],
      ...(options.service === undefined ? [] : ['-s', options.service]),
      ...(options.pauseMs === undefined ? [] : ['-d', String(options.pauseMs)]),
      ...Object.entries(options.keys ?? {}).flatMap(([name, value]) => ['-key', name, value]),
    ];
    if (options.fields !== undefined) {
      writeFileSync(join(folder, 'fields.csv'), `SEQUENTIAL\n${options.fields.join(';')}\n`);
      args.push('-inf', join(folder, 'fields.csv'));
    }
    const process = new PeerProcess('sipp', args, { cwd: folder, env: { ...globalThis.process.env, TERM: 'dumb' } });
    const sipp = new Sipp(options.scenario, folder, port, process);
    // A caller is at work at once, and over TCP it listens nowhere.
    if (options.remote === undefined) await sipp.#listens(options.transport ?? 'udp');
    return sipp;
  }

  /** Every message it sent and received, as SIPp logs them. */
  get messages(): string {
    return this.#read('messages.log');
  }

  /** Waits for the end; throws with SIPp's own errors and messages unless every call went as the scenario says. */
  async succeeded(): Promise<void> {
    const { code, signal } = await this.process.exited;
    if (code !== 0) {
      const said = [this.#read('errors.log'), this.messages.slice(-6_000)].join('\n');
      throw new Error(`sipp ${this.#scenario} ended with ${signal ?? String(code)}:\n${said}`);
    }
  }

  async stop(): Promise<void> {
    await this.process.stop('SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #listens(transport: 'udp' | 'tcp'): Promise<void> {
    try {
      await bound(transport, this.port, () => this.process.running);
    } catch (error) {
      throw new Error(`sipp ${this.#scenario} did not start: ${this.process.output}${this.#read('errors.log')}`, {
        cause: error,
      });
    }
  }

  #read(name: string): string {
    try {
      return readFileSync(join(this.#folder, name), 'utf8');
    } catch {
      return '';
    }
  }
}
