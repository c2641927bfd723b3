import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bound, freePort } from '../../test/interop/peers/ports.ts';
import { PeerProcess } from '../../test/interop/peers/process.ts';
import { SippProcess } from '../support/sipp-process.ts';
import { DIALLED, type PhonePorts, type Subject } from './subject.ts';

const CONFIG = join(import.meta.dirname, 'kamailio', 'kamailio.cfg');

/** Kamailio with one worker process, and the phones registered at it. */
export async function startKamailio(ports: PhonePorts): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'groupcall-kamailio-'));
  const port = await freePort();
  const process = new PeerProcess(
    'kamailio',
    [
      ...['-f', CONFIG, '-DD', '-E', '-Y', folder, '-P', join(folder, 'kamailio.pid'), '-A', 'CHILDREN=1'],
      ...['-l', `udp:127.0.0.1:${port}`, '-m', '512', '-M', '16', '-b', '4194304'],
    ],
    { cwd: folder, env: { ...globalThis.process.env, PATH: `${globalThis.process.env['PATH'] ?? ''}:/usr/sbin` } },
  );
  await bound('udp', port, () => process.running);
  await register(folder, port, ports);
  return {
    name: 'kamailio',
    pid: process.pid,
    port,
    heapBytes: () => Promise.resolve(undefined),
    stop: async () => {
      await process.stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function register(folder: string, port: number, { phones }: PhonePorts): Promise<void> {
  const fields = join(folder, 'fields.csv');
  const contacts = phones.map((phone) => `${DIALLED};sip:phone@127.0.0.1:${phone}`);
  writeFileSync(fields, ['SEQUENTIAL', ...contacts, ''].join('\n'));
  const args = [`127.0.0.1:${port}`, '-inf', fields, '-m', String(phones.length), '-timeout', '5s'];
  const sipp = await SippProcess.start({ scenario: 'register', port: await freePort(), folder, args });
  await sipp.process.exited;
  const { successful } = await sipp.finish();
  if (successful !== phones.length) throw new Error(`only ${successful} phones registered at Kamailio`);
}
