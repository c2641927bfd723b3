import { resolve } from 'node:path';
import { StoreError } from '../store-error.ts';

const SCHEME = 'sqlite:';

/**
 * The absolute path of `sqlite:<path>`; relative ones start in the working directory, and `sqlite:///path` is
 * `sqlite:/path`. The path is taken as it stands, nothing in it is escaped. Throws StoreError `STORE_URL_INVALID`.
 */
export function parseSqliteUrl(url: string): string {
  const path = url.slice(SCHEME.length).replace(/^\/\/(?=\/)/, '');
  if (path === '') throw invalid(url, 'it names no file');
  if (path.startsWith('//')) throw invalid(url, 'it names a host, where a path belongs');
  if (path.startsWith(':')) throw invalid(url, 'a database in memory would lose everything at the end');
  if (path.includes('\0') || path.includes('?'))
    throw invalid(url, 'it has options or characters that no path can have');
  if (path.endsWith('/')) throw invalid(url, 'it names a folder');
  return resolve(path);
}

function invalid(url: string, problem: string): StoreError {
  return new StoreError('STORE_URL_INVALID', `the database URL "${url}" can not be used: ${problem}`, {
    help: 'Write sqlite:<path of the database file>, such as sqlite:./data/groupcall.db.',
  });
}
