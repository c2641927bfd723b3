/** The server's process: reads the configuration, starts the server, says where it listens, drains on SIGTERM. */
import { parseArgs } from 'node:util';
import { AppError, CryptoIdSource, NodeNetwork, SystemClock, toError } from '@groupcall/kernel';
import { loadConfig } from './config/config.ts';
import { ConfigError } from './config/config-error.ts';
import { createLogger } from './lifecycle/pino-logger.ts';
import { GroupcallServer } from './server.ts';

const HELP = `groupcall: rings a group of SIP phones and connects the first to answer

  npm start -- [--config <file.json>] [--help]

Settings come from GROUPCALL_… variables, then from the file, then from the defaults: see docs/config.md.
SIGTERM or Ctrl-C: no new calls, those alive may end; a second Ctrl-C ends the process at once.
`;

const FAILED = 1;
const INTERRUPTED = 130;

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const config = loadConfig(process.env, values.config);
  const logger = createLogger(config.logLevel);
  const machine = { clock: new SystemClock(), ids: new CryptoIdSource(), network: new NodeNetwork(), logger };
  const server = await GroupcallServer.start(config, machine);
  if (server.madeRootKey !== undefined) {
    console.log(`root key: ${server.madeRootKey}`);
    console.log('          (made now and shown only this once; set GROUPCALL_ROOT_KEY to choose your own)');
  }
  for (const listener of server.listeners) console.log(`listening ${listener}`);
  console.log('ready');
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping && signal === 'SIGINT') process.exit(INTERRUPTED);
    if (stopping) return;
    stopping = true;
    server.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function readArguments(): { readonly config?: string; readonly help?: boolean } {
  try {
    return parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new ConfigError(toError(error).message, 'There are --config <file.json> and --help.', error);
  }
}

/** Says what is wrong and what to do about it, and ends. */
function fail(thrown: unknown): void {
  const error = toError(thrown);
  const help = error instanceof AppError ? error.help : undefined;
  console.error(`groupcall: ${error.message}${help === undefined ? '' : `\n  ${help}`}`);
  if (!(error instanceof AppError)) console.error(error.stack);
  process.exit(FAILED);
}

main().catch(fail);
