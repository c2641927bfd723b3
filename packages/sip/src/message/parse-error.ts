import { AppError, type AppErrorOptions } from '@groupcall/kernel';

/** Text that is not what the grammar of RFC 3261 §25 asks for. */
export class ParseError extends AppError<'SIP_PARSE'> {
  /** Bytes from the start of the message, or of the text that was given to a `parse` function, to the fault. */
  readonly offset: number;

  constructor(message: string, offset: number, options?: AppErrorOptions) {
    super('SIP_PARSE', message, options);
    this.offset = offset;
  }
}
