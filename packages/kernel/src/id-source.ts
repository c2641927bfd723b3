import { randomBytes, randomUUID } from 'node:crypto';

/** Where identifiers come from: ids of resources, branches, tags, nonces, keys. Tests pass a seeded one. */
export interface IdSource {
  /** A random UUID (version 4), in lower case. */
  uuid(): string;
  /** `length` random characters of `[0-9a-z]`, safe in every SIP token and URI. 16 of them hold over 80 bits. */
  token(length: number): string;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Bytes at and above this multiple of the alphabet's size are thrown away, so that no character is likelier than another. */
const UNBIASED_BYTES = 256 - (256 % ALPHABET.length);

const POOL_BYTES = 8192;

/** Ids from the operating system's random source, read in blocks: one call of it costs more than a whole id. */
export class CryptoIdSource implements IdSource {
  #pool = Buffer.alloc(0);
  #next = 0;

  uuid(): string {
    return randomUUID();
  }

  token(length: number): string {
    let token = '';
    while (token.length < length) {
      if (this.#next >= this.#pool.length) {
        this.#pool = randomBytes(POOL_BYTES);
        this.#next = 0;
      }
      const byte = this.#pool[this.#next++] ?? 0;
      if (byte < UNBIASED_BYTES) token += ALPHABET.charAt(byte % ALPHABET.length);
    }
    return token;
  }
}
