import { AppError } from '@groupcall/kernel';

/** What can be done with a call. */
export type CallCommand =
  | { readonly command: 'cancel' | 'answer' | 'hangup' | 'hold' | 'resume' }
  | { readonly command: 'decline'; readonly status: number };

/** What a phone can be told to do. */
export type PhoneCommand =
  | CallCommand
  | { readonly command: 'register' | 'unregister' | 'quit' }
  /** A SIP URI, or a name in the phone's own domain. */
  | { readonly command: 'call'; readonly to: string };

/** The command can't be understood. */
export class CommandError extends AppError<'PHONE_COMMAND'> {
  constructor(message: string) {
    super('PHONE_COMMAND', message, {
      help: 'Write one JSON object a line, such as {"command":"call","to":"bob"} or {"command":"decline","status":486}.',
    });
  }
}

const SIMPLE = ['register', 'unregister', 'cancel', 'answer', 'hangup', 'hold', 'resume', 'quit'] as const;
const DEFAULT_DECLINE = 486;
const LOWEST_DECLINE = 400;
const HIGHEST_DECLINE = 699;

/** Reads one line of input. @throws CommandError */
export function parseCommand(line: string): PhoneCommand {
  const { command, to, status = DEFAULT_DECLINE } = parseObject(line);
  const simple = SIMPLE.find((name) => name === command);
  if (simple !== undefined) return { command: simple };
  if (command === 'call') {
    if (typeof to !== 'string' || to === '') throw new CommandError('"call" needs "to", a SIP URI or a user name');
    return { command, to };
  }
  if (command === 'decline') return { command, status: parseDecline(status) };
  const known = [...SIMPLE, 'call', 'decline'].sort().join(', ');
  const given = command === undefined ? '(none)' : JSON.stringify(command);
  throw new CommandError(`unknown command ${given}; there are: ${known}`);
}

/** A final status that refuses a call. @throws CommandError */
export function parseDecline(status: unknown): number {
  if (Number.isInteger(status) && Number(status) >= LOWEST_DECLINE && Number(status) <= HIGHEST_DECLINE) {
    return Number(status);
  }
  throw new CommandError(
    `the status of a refusal is a whole number from ${LOWEST_DECLINE} to ${HIGHEST_DECLINE}, not ${JSON.stringify(status)}`,
  );
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new CommandError(`not JSON: ${line}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CommandError(`not a JSON object: ${line}`);
  }
  return value as Record<string, unknown>;
}
