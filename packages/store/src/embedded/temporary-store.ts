import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, SystemClock } from '@groupcall/kernel';
import { openStore } from '../open-store.ts';
import type { Store, StoreOptions } from '../store.ts';

/** Opens a database file as the server does, with the machine's clock. */
export function openFile(path: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  return openStore(`sqlite:${path}`, { clock: new SystemClock(), logger: silentLogger, ...options });
}

/** A folder of its own for one test. What the test leaves open is ended with it, so that a failure does not hang. */
export class TemporaryFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'groupcall-store-'));
  readonly #cleanUps: (() => Promise<unknown>)[] = [];

  /** Ends what is still open, and deletes the folder. */
  async remove(): Promise<void> {
    for (const cleanUp of this.#cleanUps) await cleanUp();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Absolute path of a file in the folder. */
  file(name = 'groupcall.db'): string {
    return join(this.#folder, name);
  }

  /** Opens a database file of the folder. */
  async open(name?: string, options?: Partial<StoreOptions>): Promise<Store> {
    const store = await openFile(this.file(name), options);
    this.atEnd(() => store.close());
    return store;
  }

  /** Has something done before the folder goes. */
  atEnd(cleanUp: () => Promise<unknown>): void {
    this.#cleanUps.push(cleanUp);
  }
}

/** Runs a test with a folder of its own. */
export async function withFolder(body: (folder: TemporaryFolder) => Promise<void>): Promise<void> {
  const folder = new TemporaryFolder();
  try {
    await body(folder);
  } finally {
    await folder.remove();
  }
}

/** Runs a test with an empty database of its own. `reopen` closes it and opens it again, as a restart would. */
export async function withStore(
  body: (store: Store, reopen: () => Promise<Store>) => Promise<void>,
  options: Partial<StoreOptions> = {},
): Promise<void> {
  await withFolder(async (folder) => {
    const store = await folder.open('groupcall.db', options);
    await body(store, async () => {
      await store.close();
      return folder.open('groupcall.db', options);
    });
  });
}
