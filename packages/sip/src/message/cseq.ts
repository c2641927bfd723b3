import type { Scanner } from './scanner.ts';

/** The order of requests within a dialog (RFC 3261 §20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RFC 3261 §8.1.1.5: less than 2**31. */
const MAX_CSEQ = 2 ** 31 - 1;

/** Reads the CSeq that fills the scanner's text. */
export function readCSeq(scanner: Scanner): CSeq {
  scanner.skipSpace();
  const number = scanner.number('CSeq number', MAX_CSEQ);
  const afterNumber = scanner.pos;
  scanner.skipSpace();
  if (scanner.pos === afterNumber) scanner.fail('CSeq without a method');
  const method = scanner.token('method in CSeq');
  scanner.expectEnd();
  return { number, method };
}
