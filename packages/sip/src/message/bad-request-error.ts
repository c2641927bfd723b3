import { ParseError } from './parse-error.ts';
import type { SipRequest } from './sip-message.ts';

/** A request that is malformed, but of which enough could be read that it can be answered. */
export class BadRequestError extends ParseError {
  /** What to answer: 400, or 505 and 513. */
  readonly status: number;
  /** What could be read. Its getters may throw {@link ParseError}. */
  readonly request: SipRequest;

  constructor(message: string, offset: number, request: SipRequest, status = 400) {
    super(message, offset, { help: `Answer ${status}, statelessly.` });
    this.status = status;
    this.request = request;
  }
}
