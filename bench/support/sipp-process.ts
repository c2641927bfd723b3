import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bound, freePort, freePortPair } from '../../test/interop/peers/ports.ts';
import { PeerProcess } from '../../test/interop/peers/process.ts';

const SCENARIOS = join(import.meta.dirname, '..', 'ring-all', 'scenarios');

/** SIPp loses messages in a burst with the kernel's own buffer. */
const SOCKET_BUFFER_BYTES = '4000000';

/** How often SIPp looks at its signals and writes its statistics, in s; it ends within two such periods. */
const STATISTICS_PERIOD_S = '1';
const GRACE_MS = 3_000;

export interface SippProcessOptions {
  /** File name of the scenario, without `.xml`. */
  readonly scenario: string;
  readonly port: number;
  /** Folder of its files. */
  readonly folder: string;
  /** Further arguments, such as the target of a caller. */
  readonly args?: readonly string[];
}

/** What SIPp counted, over its whole run. */
export interface SippCounts {
  readonly successful: number;
  readonly failed: number;
  /** Messages that it sent again because no answer came, or that it got again. */
  readonly retransmissions: number;
}

/** A SIPp process that plays one scenario over one UDP socket, and counts. */
export class SippProcess {
  readonly process: PeerProcess;
  readonly #statistics: string;

  private constructor(process: PeerProcess, statistics: string) {
    this.process = process;
    this.#statistics = statistics;
  }

  /** Starts it, and waits until its port is bound. */
  static async start({ scenario, port, folder, args = [] }: SippProcessOptions): Promise<SippProcess> {
    const statistics = join(folder, `${scenario}-${port}.csv`);
    rmSync(statistics, { force: true });
    const process = new PeerProcess(
      'sipp',
      [
        ...args,
        ...['-sf', join(SCENARIOS, `${scenario}.xml`), '-i', '127.0.0.1', '-p', String(port), '-t', 'u1'],
        ...['-mi', '127.0.0.1', '-mp', String(await freePortPair()), '-cp', String(await freePort())],
        ...['-nostdin', '-buff_size', SOCKET_BUFFER_BYTES],
        ...['-trace_stat', '-stf', statistics, '-fd', STATISTICS_PERIOD_S],
      ],
      { cwd: folder, env: { ...globalThis.process.env, TERM: 'dumb' } },
    );
    const sipp = new SippProcess(process, statistics);
    await bound('udp', port, () => process.running);
    return sipp;
  }

  /** Waits for its end, and ends it at once when it is late: SIPp gives up thousands of open calls one by one. */
  async endsWithin(ms: number): Promise<void> {
    const late = setTimeout(() => this.process.child.kill('SIGKILL'), ms);
    await this.process.exited;
    clearTimeout(late);
  }

  /** Ends it if it still runs; what it counted. */
  async finish(): Promise<SippCounts> {
    await this.process.stop('SIGUSR1', GRACE_MS);
    return readCounts(this.#statistics);
  }
}

function readCounts(file: string): SippCounts {
  if (!existsSync(file)) throw new Error(`SIPp wrote no statistics: ${file}`);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const values = lines.at(-1)?.split(';') ?? [];
  const count = (name: string): number => {
    const value = Number(values[names.indexOf(name)]);
    if (!Number.isInteger(value)) throw new Error(`SIPp's statistics have no ${name}: ${file}`);
    return value;
  };
  return {
    successful: count('SuccessfulCall(C)'),
    failed: count('FailedCall(C)'),
    retransmissions: count('Retransmissions(C)'),
  };
}
