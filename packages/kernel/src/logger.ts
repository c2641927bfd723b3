/** Fields of a log line beside its message; errors go under `err`. Never a password, a key or a digest. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured logger, of pino's shape: fields first, then the message. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger whose every line carries `fields` too. */
  child(fields: LogFields): Logger;
}

/** Says nothing. For tests and for tools that speak to a person instead. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
