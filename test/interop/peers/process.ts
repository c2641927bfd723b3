import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Where a child process ended: its exit code, or 128 plus the signal's number as a shell would say. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process whose output is kept and can be waited for. */
export class PeerProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  #output = '';
  readonly #watchers = new Set<() => void>();

  constructor(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
    this.child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('exit', (code, signal) => {
        resolve({ code, signal });
        this.#wake();
      });
    });
    // A test that never awaits the end must not fail on it.
    this.exited.catch(() => undefined);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#wake();
      });
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Everything it has printed, both streams. */
  get output(): string {
    return this.#output;
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Waits until the output matches; rejects when it ends first or the time is over. */
  async waitFor(pattern: RegExp, timeoutMs = 10_000): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`${this.child.spawnfile} ended before it printed ${String(pattern)}:\n${this.#output}`);
      }
      if (deadline.aborted) {
        throw new Error(
          `${this.child.spawnfile} did not print ${String(pattern)} in ${timeoutMs} ms:\n${this.#output}`,
        );
      }
      await this.#change(deadline);
    }
  }

  /** Asks it to end, insists after `graceMs`, and waits until it is gone. Idempotent. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = 5_000): Promise<Exit> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      const insist = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
      await once(this.child, 'exit');
      clearTimeout(insist);
    }
    return this.exited;
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #change(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done);
        deadline.removeEventListener('abort', done);
        resolve();
      };
      this.#watchers.add(done);
      deadline.addEventListener('abort', done);
    });
  }
}
