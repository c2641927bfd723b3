// What every command of this project does first, on whatever Node the machine has (20 or newer, no packages needed):
// install the locked packages when they are missing or old, and find the pinned Node among them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const pinnedNode = join(root, 'node_modules', '.bin', 'node');
const stamp = join(root, 'node_modules', '.installed-lock');

// What Node has compiled once it need not compile again: a third of the start of a process.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compile');

/** Runs a program in the project's folder with this terminal; resolves with its exit code (128 + n for a signal). */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    // The child gets Ctrl-C from the terminal itself; a TERM sent to this process alone is passed on.
    const passOn = () => child.kill('SIGTERM');
    const stay = () => undefined;
    process.on('SIGTERM', passOn);
    process.on('SIGINT', stay);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', passOn);
      process.off('SIGINT', stay);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Runs a program and ends this process with its exit code if that is not 0. */
export async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) process.exit(code);
}

/** Runs a script on the pinned Node; resolves with its exit code. */
export function runPinned(args, options) {
  return run(pinnedNode, args, options);
}

/** Installs the locked packages from the npm registry unless exactly these are there. */
export async function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(pinnedNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing the locked npm packages …');
  await must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 'inherit'] });
  writeFileSync(stamp, lock);
}
