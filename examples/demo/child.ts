import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How long a child may take to end by itself. */
const GRACE_MS = 10_000;

/** A child process that speaks in lines. */
export class Child {
  readonly process: ChildProcess;
  readonly #errors: string[] = [];

  constructor(script: string, args: readonly string[], env: NodeJS.ProcessEnv, onLine: (line: string) => void) {
    this.process = spawn(process.execPath, [script, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    if (this.process.stdout) createInterface({ input: this.process.stdout }).on('line', onLine);
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#errors.push(text));
  }

  /** What it printed on stderr so far. */
  get errors(): string {
    return this.#errors.join('');
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  writeLine(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** SIGTERM, then SIGKILL when that is not enough. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    if (this.running) {
      this.process.kill('SIGTERM');
      const insist = setTimeout(() => this.process.kill('SIGKILL'), GRACE_MS);
      await once(this.process, 'exit');
      clearTimeout(insist);
    }
    return this.process.exitCode;
  }
}
