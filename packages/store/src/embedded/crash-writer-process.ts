import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CallRecord, CustomerId, GroupCallId, GroupCallRecord } from '@groupcall/engine';
import type { TemporaryFolder } from './temporary-store.ts';

/** What the changes of a crash-writer are made after. */
export interface CrashWriterTemplate {
  readonly customerIds: readonly CustomerId[];
  readonly groupCall: GroupCallRecord;
  readonly call: CallRecord;
}

/** A running crash-writer. */
export interface CrashWriter {
  /** The group calls that were acknowledged, in order. */
  readonly ids: readonly GroupCallId[];
  /** Resolves when so many were acknowledged; rejects when the process ends before. */
  acknowledged(count: number): Promise<void>;
  /** Kills it (SIGKILL). Resolves when it has ended and all its output was read. */
  kill(): Promise<void>;
}

/** Starts a process that commits without end into the folder's database. */
export function startWriter(folder: TemporaryFolder, template: CrashWriterTemplate): CrashWriter {
  const script = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder.file(), JSON.stringify(template)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ids: GroupCallId[] = [];
  let waiting: { count: number; resolve: () => void; reject: (error: Error) => void } | undefined;
  createInterface(child.stdout).on('line', (line) => {
    ids.push(line as GroupCallId);
    if (waiting !== undefined && ids.length >= waiting.count) waiting.resolve();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      waiting?.reject(new Error('the writer has ended'));
      resolve();
    });
  });
  const kill = () => {
    child.kill('SIGKILL');
    return ended;
  };
  folder.atEnd(kill);
  return {
    ids,
    acknowledged: (count) =>
      new Promise((resolve, reject) => {
        waiting = { count, resolve, reject };
        if (ids.length >= count) resolve();
      }),
    kill,
  };
}
