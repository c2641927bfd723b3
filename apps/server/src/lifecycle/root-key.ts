import type { IdSource } from '@groupcall/kernel';
import type { SettingsStore } from '@groupcall/store';
import { hashToken, newToken } from '../rest/principal.ts';

/** Under this name the hash of a root key that was made here is kept. */
const SETTING = 'root_key_sha256';

export interface RootKey {
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  /** The key itself, only when it was made just now: it is shown once. */
  readonly made?: string;
}

/** The root key: the one of the configuration, or the one of the first start, or a new one. */
export async function findRootKey(
  configured: string | undefined,
  settings: SettingsStore,
  ids: IdSource,
): Promise<RootKey> {
  if (configured !== undefined) return { hash: hashToken(configured) };
  const known = await settings.get(SETTING);
  if (known !== undefined) return { hash: known };
  const made = newToken(ids);
  const hash = hashToken(made);
  await settings.set(SETTING, hash);
  return { hash, made };
}
