import { AppError, type AppErrorOptions } from '@groupcall/kernel';

/** A message could not be sent: no listener of that protocol, no connection, the network said no. */
export class TransportError extends AppError<'SIP_TRANSPORT'> {
  constructor(message: string, options: AppErrorOptions = {}) {
    super('SIP_TRANSPORT', message, {
      help: 'Check that the peer is up and that this machine can reach its address.',
      ...options,
    });
  }
}
