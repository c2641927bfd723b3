import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import type { PhoneEvent } from './phone-event.ts';
import { EventLog } from './testing/event-log.ts';
import { Pbx } from './testing/pbx.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

function run(t: TestContext, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  const log = new EventLog();
  const output: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    output.push(line);
    if (line.startsWith('{')) log.push(JSON.parse(line) as PhoneEvent);
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const tell = (line: string) => child.stdin!.write(`${line}\n`);
  return { child, log, output, errors, ended, tell };
}

async function startPbx(t: TestContext): Promise<Pbx> {
  const pbx = new Pbx();
  t.after(() => pbx.close());
  await pbx.start();
  return pbx;
}

const account = (pbx: Pbx, user: string): string[] => [
  ...['--user', user, '--password', 'secret', '--domain', 'local'],
  ...['--server', `${pbx.address.address}:${pbx.address.port}`],
];

test('MUST speak JSON lines: register, ring, be told what to do, and leave with 0', async (t) => {
  const pbx = await startPbx(t);
  const phone = run(t, account(pbx, 'alice'));
  await phone.log.until('registered');
  const call = pbx.call('alice', undefined);
  await phone.log.until('ringing');
  phone.tell('{"command":"decline","status":603}');
  const end = await call.ended;
  assert.equal(end.kind === 'response' && end.response.status, 603);
  phone.tell('nonsense');
  const error = await phone.log.until('error');
  assert.equal(error.code, 'PHONE_COMMAND');
  assert.ok(error.help);
  phone.tell('{"command":"hold"}');
  await phone.log.until('error', ({ code }) => code === 'PHONE_STATE');
  phone.tell('{"command":"quit"}');
  assert.equal(await phone.ended, 0);
  assert.deepEqual(pbx.registrar.contacts('alice'), []);
  assert.equal(phone.errors.join(''), '');
});

test('MUST leave with its input, and with SIGTERM', async (t) => {
  const pbx = await startPbx(t);
  const first = run(t, account(pbx, 'alice'));
  const second = run(t, account(pbx, 'bob'));
  await Promise.all([first.log.until('registered'), second.log.until('registered')]);
  first.child.stdin!.end();
  second.child.kill('SIGTERM');
  assert.deepEqual(await Promise.all([first.ended, second.ended]), [0, 0]);
  assert.deepEqual(pbx.registrar.counts, { contacts: 0, aors: 0 });
});

test('MUST go on without input when it is detached', async (t) => {
  const pbx = await startPbx(t);
  const phone = run(t, [...account(pbx, 'alice'), '--detached', '--decline', '480']);
  phone.child.stdin!.end();
  await phone.log.until('registered');
  const end = await pbx.call('alice', undefined).ended;
  assert.equal(end.kind === 'response' && end.response.status, 480);
  phone.child.kill('SIGINT');
  assert.equal(await phone.ended, 0);
});

test('MUST leave while nobody answers its REGISTER', async (t) => {
  const phone = run(t, ['--user', 'a', '--domain', 'local', '--server', '127.0.0.1:9']);
  await phone.log.until('ready');
  phone.tell('{"command":"quit"}');
  assert.equal(await phone.ended, 0);
});

test('MUST print the help and leave with 0', async (t) => {
  const phone = run(t, ['--help']);
  assert.equal(await phone.ended, 0);
  assert.match(phone.output.join('\n'), /A small SIP phone/);
});

test('MUST say what is wrong with its arguments and leave with 2', async (t) => {
  const phone = run(t, ['--user', 'alice']);
  assert.equal(await phone.ended, 2);
  assert.match(phone.errors.join(''), /phone: --domain is missing\nRun it with --help/);
  assert.deepEqual(phone.output, []);
});

test('MUST say why its port can not be used and leave with 1', async (t) => {
  const pbx = await startPbx(t);
  const taken = `${pbx.address.address}:${pbx.address.port}`;
  const phone = run(t, [...account(pbx, 'alice'), '--listen', taken]);
  assert.equal(await phone.ended, 1);
  assert.match(phone.errors.join(''), /phone: .*EADDRINUSE/);
});
