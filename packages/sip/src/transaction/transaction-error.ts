import { AppError, type AppErrorOptions } from '@groupcall/kernel';

/** The transaction layer is asked for something that it can't do, by a mistake of its user. */
export class TransactionError extends AppError<'SIP_TRANSACTION'> {
  constructor(message: string, options: AppErrorOptions = {}) {
    super('SIP_TRANSACTION', message, options);
  }
}
