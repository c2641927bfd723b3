import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toError } from '@groupcall/kernel';
import { StoreError } from '../store-error.ts';

/** The database holds keys and passwords of phones and trunks: it is its owner's alone. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes the folder and the empty file if they are missing. Throws StoreError `STORE_PATH_UNUSABLE`. */
export async function prepareFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    const file = await open(path, 'a', FILE_MODE);
    await file.close();
  } catch (error) {
    throw new StoreError('STORE_PATH_UNUSABLE', `${path} can not be made or written: ${toError(error).message}`, {
      cause: error,
      help: 'Make the folder writable for the user the server runs as, or name another one in the database URL.',
    });
  }
}

/**
 * Makes a folder and those it lies in. `mkdir` with `recursive` would do, but never returns where a folder that exists
 * takes no other (as in /proc).
 */
async function makeFolder(folder: string): Promise<void> {
  const needsParent = await tryToMake(folder);
  if (!needsParent || dirname(folder) === folder) return;
  await makeFolder(dirname(folder));
  await tryToMake(folder);
}

/** True when the folder that it lies in is missing. Whether something is there already, and what, the file will tell. */
async function tryToMake(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, FOLDER_MODE);
    return false;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'EEXIST' && code !== 'EISDIR') throw error;
    return code === 'ENOENT';
  }
}
