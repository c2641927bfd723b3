import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { PeerProcess } from '../interop/peers/process.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'examples', 'demo', 'main.ts');

const DEMO_TIMEOUT_MS = 90_000;

test('the demo shows a ring_all, a linear and an incoming call, and leaves with 0', async () => {
  const demo = new PeerProcess(process.execPath, [MAIN]);
  await demo.waitFor(/^Everything held\.$|NOT hold/m, DEMO_TIMEOUT_MS);
  const { code } = await demo.exited;
  assert.equal(code, 0, demo.output);
  for (const line of [
    'all three phones ring',
    'the others were told "Call completed elsewhere" and show no missed call',
    'exactly one won: bob',
    'the record says busy, noanswer, normal',
    'sound goes both ways between dave and alice',
    'the server drains and leaves with 0',
  ]) {
    assert.ok(demo.output.includes(`✔ ${line}`), `not shown: ${line}\n${demo.output}`);
  }
});

test('npm run demo -- --keep stays up with the commands to try, and SIGTERM ends all of it', async () => {
  const demo = new PeerProcess(process.execPath, [MAIN, '--keep']);
  const { output } = demo;
  assert.equal(output, '');
  const [, ring = ''] = await demo.waitFor(/(curl -s \S+\/groupcalls -H [^\n]+\\\n[^\n]+)/, DEMO_TIMEOUT_MS);
  const reply = new PeerProcess('sh', ['-c', ring]);
  assert.equal((await reply.exited).code, 0);
  assert.match(reply.output, /"status":"progressing"/);
  const { code } = await demo.stop('SIGTERM', 30_000);
  assert.equal(code, 0, demo.output);
});
