import { parseTimestamp } from '../rows/micros.ts';
import { invalidParameter } from './invalid-parameter.ts';

/** Where a page begins: behind the row of this time and id, or without id, behind all rows of this time. */
export interface PagePosition {
  /** Microseconds since the epoch. */
  readonly tmCreate: number;
  readonly id: string | undefined;
}

const POSITION = /^(-?\d{1,16}):([\x21-\x7e]{1,64})$/;

/** The opaque token of the page that begins behind this row. */
export function pageTokenOf(tmCreate: number, id: string): string {
  return Buffer.from(`${tmCreate}:${id}`).toString('base64url');
}

/** Reads a token of {@link pageTokenOf}, or a plain timestamp. Throws AppError `INVALID_REQUEST_PARAMETER`. */
export function parsePageToken(token: string): PagePosition {
  const timestamp = parseTimestamp(token);
  if (timestamp !== undefined) return { tmCreate: timestamp, id: undefined };
  const [, tmCreate, id] = POSITION.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  // Decoding skips what it does not know, so a token that was changed could still be read as one.
  if (tmCreate === undefined || id === undefined || pageTokenOf(Number(tmCreate), id) !== token) {
    throw invalidParameter(
      'page_token',
      'is no token of this list; send the next_page_token of the page before, or a time as YYYY-MM-DD HH:MM:SS.ffffff',
    );
  }
  return { tmCreate: Number(tmCreate), id };
}
