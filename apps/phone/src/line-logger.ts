import type { LogFields, Logger } from '@groupcall/kernel';

/** Warnings and errors as lines for a person, written by `write`. The rest is left out. */
export function lineLogger(write: (line: string) => void, fixed: LogFields = {}): Logger {
  const say = (level: string, fields: LogFields, message: string): void => {
    const { err, ...rest } = { ...fixed, ...fields };
    const details = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
    const cause = err instanceof Error ? `: ${err.message}` : '';
    write(`phone: ${level}: ${message}${cause}${details}\n`);
  };
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => {
      say('warning', fields, message);
    },
    error: (fields, message) => {
      say('error', fields, message);
    },
    child: (fields) => lineLogger(write, { ...fixed, ...fields }),
  };
}
