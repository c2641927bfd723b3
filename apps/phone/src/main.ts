import { lookup } from 'node:dns/promises';
import { createInterface } from 'node:readline';
import { AppError, CryptoIdSource, NodeNetwork, SystemClock, toError } from '@groupcall/kernel';
import { type CommandLine, HELP, parseCommandLine, UsageError } from './command-line.ts';
import { lineLogger } from './line-logger.ts';
import { Phone } from './phone.ts';
import { parseCommand } from './phone-command.ts';
import type { PhoneEvent } from './phone-event.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function write(event: PhoneEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}

function writeError(error: unknown): void {
  const { message } = toError(error);
  const { code, help } = isAppError(error) ? error : { code: 'PHONE_FAILED', help: undefined };
  write({ event: 'error', code, message, ...(help === undefined ? {} : { help }) });
}

async function run({ server, settings, detached }: CommandLine): Promise<void> {
  const { address } = await lookup(server.host);
  const phone = new Phone({
    clock: new SystemClock(),
    ids: new CryptoIdSource(),
    logger: lineLogger((line) => process.stderr.write(line)),
    network: new NodeNetwork(),
    settings: { ...settings, server: { address, port: server.port } },
    onEvent: write,
  });
  const input = createInterface({ input: process.stdin });
  const quit = (): void => {
    input.close();
    process.stdin.destroy();
    phone.close().catch((error: unknown) => {
      writeError(error);
      process.exitCode = EXIT_FAILED;
    });
  };
  input.on('line', (line) => {
    try {
      const command = parseCommand(line);
      if (command.command === 'quit') quit();
      else phone.execute(command);
    } catch (error) {
      writeError(error);
    }
  });
  if (!detached) input.once('close', quit);
  process.once('SIGINT', quit);
  process.once('SIGTERM', quit);
  // Whoever read the events is gone, and nobody is left to hang up.
  process.stdout.on('error', quit);
  try {
    await phone.start();
  } catch (error) {
    quit();
    throw error;
  }
}

try {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.help) process.stdout.write(HELP);
  else await run(commandLine);
} catch (error) {
  const { message } = toError(error);
  const help = isAppError(error) && error.help !== undefined ? `\n${error.help}` : '';
  process.stderr.write(`phone: ${message}${help}\n`);
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
}
