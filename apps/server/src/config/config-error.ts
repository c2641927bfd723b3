import { AppError } from '@groupcall/kernel';

/** The configuration can't be used. The message names the setting and its value; the process ends before it has begun. */
export class ConfigError extends AppError<'CONFIG_INVALID'> {
  constructor(message: string, help: string, cause?: unknown) {
    super('CONFIG_INVALID', message, { help, cause });
  }
}
