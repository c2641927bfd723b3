import type { LogFields, Logger } from '@groupcall/kernel';
import { destination, pino, type Logger as Pino } from 'pino';

/** The log: a JSON line each on stderr, so that stdout is for people. Written at once, so that a crash loses none. */
export function createLogger(level: string): Logger {
  return adapt(
    pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination({ dest: 2, sync: true })),
  );
}

function adapt(log: Pino): Logger {
  return {
    debug: (fields: LogFields, message: string) => {
      log.debug(fields, message);
    },
    info: (fields: LogFields, message: string) => {
      log.info(fields, message);
    },
    warn: (fields: LogFields, message: string) => {
      log.warn(fields, message);
    },
    error: (fields: LogFields, message: string) => {
      log.error(fields, message);
    },
    child: (fields: LogFields) => adapt(log.child(fields)),
  };
}
