/** What an {@link AppError} carries beside its message. */
export interface AppErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** What the reader can do about it, as a full sentence. */
  readonly help?: string;
}

/**
 * The base of every error this project throws on purpose. `code` is stable and is what code compares; the message is
 * for people.
 */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly help: string | undefined;

  constructor(code: Code, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.help = options.help;
  }
}

/** Any thrown value as an Error, so that what is logged has a stack or at least a message. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
