import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { Server } from '../../test/interop/peers/server.ts';
import { DIALLED, type PhonePorts, type Subject } from './subject.ts';

const HEAP_PROBE = pathToFileURL(join(import.meta.dirname, '..', 'support', 'heap-probe.ts')).href;

/** Higher than any load here: the limits of a customer are not what is measured. */
const LIMITS = { max_legs: 1_000_000, max_groupcalls: 1_000_000, cps: 100_000 };

/**
 * The server of this project as a user runs it, with a database of its own on disk.
 *
 * @param nodeOptions further options for its Node, such as those of the profiler.
 */
export async function startGroupcall(ports: PhonePorts, nodeOptions: readonly string[] = []): Promise<Subject> {
  const server = await Server.start({
    env: {
      GROUPCALL_LOG_LEVEL: 'warn',
      GROUPCALL_DRAIN_TIMEOUT_MS: '0',
      NODE_OPTIONS: [`--import=${HEAP_PROBE}`, ...nodeOptions].join(' '),
    },
  });
  await setUp(server, ports);
  let probes = 0;
  return {
    name: 'groupcall',
    pid: server.process.pid,
    port: server.udpPort,
    heapBytes: async () => {
      probes += 1;
      server.process.child.kill('SIGUSR2');
      const [, bytes] = await server.process.waitFor(new RegExp(`^heap ${probes}: (\\d+)$`, 'm'));
      return Number(bytes);
    },
    stop: async () => {
      await server.stop();
    },
  };
}

/** The group, the name that rings it, and a trunk whose address lets the caller in without a digest. */
async function setUp(server: Server, { caller, phones }: PhonePorts): Promise<void> {
  const { result } = await server.ok<{ result: { id: string }[] }>('GET', '/customers');
  await server.ok('PUT', `/customers/${result[0]!.id}`, LIMITS);
  const destinations = phones.map((port) => ({ type: 'sip', target: `sip:phone@127.0.0.1:${port}` }));
  const group = await server.ok<{ id: string }>('POST', '/groups', { name: DIALLED, destinations });
  await server.ok('POST', '/numbers', { number: DIALLED, group_id: group.id });
  await server.ok('POST', '/trunks', { host: '127.0.0.1', port: caller, source_addresses: [`127.0.0.1:${caller}`] });
}
