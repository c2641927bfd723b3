import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, IdSource } from '@groupcall/kernel';

/**
 * What a nonce and its count are worth:
 * - `good`: ours, alive, and this count is new (it is taken by the same call);
 * - `unknown`: not made by us for this realm, or before a restart;
 * - `expired`: ours, too old;
 * - `replayed`: this count was used before, or lies too far back to tell.
 */
export type NonceVerdict = 'good' | 'unknown' | 'expired' | 'replayed';

export interface DigestNoncesOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** How long a nonce may be used, in ms. */
  readonly lifetimeMs: number;
  /** Nonces whose counts are kept. */
  readonly maxNonces: number;
}

interface NonceCount {
  readonly issuedAt: number;
  /** The highest nc used. */
  highest: number;
  /** Which of the last 32 counts were used: bit i stands for `highest - i`. */
  used: number;
}

const SECRET_LENGTH = 64;
const RANDOM_LENGTH = 16;
/** Characters of base64url: 132 bits of the HMAC. */
const SEAL_LENGTH = 22;
/**
 * How far a count may lie behind the highest one: requests that a phone sends at once over UDP may overtake one
 * another. As many as a bit mask holds.
 */
const WINDOW = 32;

/**
 * Nonces that carry their own proof, `time.random.seal`, so that a challenge costs no memory, and a bounded table of
 * the counts of those that were used with a right digest. When the table is full the nonce that was first used longest
 * ago is forgotten, and with it every unused nonce made before it: a forgotten count is never mistaken for a new one.
 */
export class DigestNonces {
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #lifetimeMs: number;
  readonly #maxNonces: number;
  readonly #secret: string;
  /** In the order of first use. */
  readonly #counts = new Map<string, NonceCount>();
  /** A nonce made at this moment or before it is good only while its counts are in the table. */
  #forgottenUntil = -1;

  constructor({ clock, ids, lifetimeMs, maxNonces }: DigestNoncesOptions) {
    this.#clock = clock;
    this.#ids = ids;
    this.#lifetimeMs = lifetimeMs;
    this.#maxNonces = maxNonces;
    this.#secret = ids.token(SECRET_LENGTH);
  }

  /** Nonces whose counts are kept now. */
  get size(): number {
    return this.#counts.size;
  }

  /** A fresh nonce for that realm. */
  issue(realm: string): string {
    const head = `${Math.floor(this.#clock.now()).toString(36)}.${this.#ids.token(RANDOM_LENGTH)}`;
    return `${head}.${this.#seal(head, realm)}`;
  }

  /** Judges a nonce and takes the count `nc`. To be asked only once the digest was found right. */
  take(nonce: string, realm: string, nc: number): NonceVerdict {
    const issuedAt = this.#issuedAt(nonce, realm);
    if (issuedAt === undefined) return 'unknown';
    if (issuedAt + this.#lifetimeMs <= this.#clock.now()) return 'expired';
    const count = this.#counts.get(nonce);
    if (count !== undefined) return takeCount(count, nc) ? 'good' : 'replayed';
    if (issuedAt <= this.#forgottenUntil) return 'expired';
    this.#makeRoom();
    this.#counts.set(nonce, { issuedAt, highest: nc, used: 1 });
    return 'good';
  }

  #makeRoom(): void {
    for (const [nonce, { issuedAt }] of this.#counts) {
      const expired = issuedAt + this.#lifetimeMs <= this.#clock.now();
      if (!expired && this.#counts.size < this.#maxNonces) return;
      this.#counts.delete(nonce);
      if (!expired) this.#forgottenUntil = Math.max(this.#forgottenUntil, issuedAt);
    }
  }

  #issuedAt(nonce: string, realm: string): number | undefined {
    const end = nonce.lastIndexOf('.');
    const head = nonce.slice(0, Math.max(0, end));
    const seal = Buffer.from(nonce.slice(end + 1));
    const expected = Buffer.from(this.#seal(head, realm));
    if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) return undefined;
    return parseInt(head, 36);
  }

  #seal(head: string, realm: string): string {
    return createHmac('sha256', this.#secret).update(`${head}.${realm}`).digest('base64url').slice(0, SEAL_LENGTH);
  }
}

/** Marks a count as used. False when it was, or lies so far back that nobody knows. */
function takeCount(count: NonceCount, nc: number): boolean {
  const ahead = nc - count.highest;
  if (ahead > 0) {
    count.used = ahead >= WINDOW ? 1 : (count.used << ahead) | 1;
    count.highest = nc;
    return true;
  }
  if (-ahead >= WINDOW) return false;
  const bit = 1 << -ahead;
  if ((count.used & bit) !== 0) return false;
  count.used |= bit;
  return true;
}
