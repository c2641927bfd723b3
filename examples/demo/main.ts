/**
 * The demo: starts the server on free loopback ports with a database in a temporary folder, registers phones that are
 * processes of their own, and plays three scenes with them. Leaves with 0 only if everything held that it shows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CryptoIdSource } from '@groupcall/kernel';
import { Phone } from './phone.ts';
import { incoming, linear, ringAll } from './scenes.ts';
import { Server } from './server.ts';
import { Stage } from './stage.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

async function registerPhones(stage: Stage): Promise<void> {
  stage.scene('three phones and a caller register, over UDP and TCP');
  for (const [name, transport] of [
    ['alice', 'udp'],
    ['bob', 'tcp'],
    ['carol', 'udp'],
    ['dave', 'udp'],
  ] as const) {
    await stage.server.call('POST', '/extensions', { extension: name, password: `pw-${name}` });
    const phone = new Phone(name, stage.server.sip(transport), transport, (of, event) => {
      stage.onPhone(of, event);
    });
    stage.phones.set(name, phone);
  }
  await Promise.all([...stage.phones.values()].map((phone) => phone.until('registered')));
}

function explainKept({ server }: Stage): void {
  console.log(`
The server and the phones stay up (Ctrl-C ends them). They only ring; try, in another terminal:

  # ring all three
  curl -s ${server.url}/groupcalls -H 'authorization: Bearer ${server.key}' -H 'content-type: application/json' \\
    -d '{"source":{"type":"tel","target":"+821028286521"},"ring_method":"ring_all","destinations":[{"type":"extension","target":"alice"},{"type":"extension","target":"bob"},{"type":"extension","target":"carol"}]}'

  # the newest record, and hanging it up
  curl -s '${server.url}/groupcalls?page_size=1' -H 'authorization: Bearer ${server.key}'
  curl -s -X POST ${server.url}/groupcalls/ID/hangup -H 'authorization: Bearer ${server.key}'

  # a phone of your own: register as an extension that you make
  curl -s ${server.url}/extensions -H 'authorization: Bearer ${server.key}' -H 'content-type: application/json' \\
    -d '{"extension":"erin","password":"pw-erin"}'
  node_modules/.bin/node apps/phone/src/main.ts --user erin --password pw-erin --domain local --server ${server.sip('udp')} --answer-after 1000
`);
}

async function play(folder: string): Promise<number> {
  const server = await Server.start(folder, `gc_${new CryptoIdSource().token(32)}`);
  console.log(`The server is ready: ${server.url}, SIP on udp:${server.sip('udp')} and tcp:${server.sip('tcp')}`);
  const stage = new Stage(server);
  try {
    await registerPhones(stage);
    for (const scene of [ringAll, linear, incoming]) await scene(stage);
    if (values.keep) {
      explainKept(stage);
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
    }
  } catch (error) {
    stage.check(error instanceof Error ? error.message : String(error), false);
  } finally {
    await Promise.all([...stage.phones.values()].map((phone) => phone.stop()));
    stage.check('the server drains and leaves with 0', await server.stop());
  }
  return stage.failures;
}

const folder = mkdtempSync(join(tmpdir(), 'groupcall-demo-'));
try {
  const failures = await play(folder);
  console.log(failures === 0 ? '\nEverything held.' : `\n${failures} of the above did NOT hold.`);
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
