import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HELP, parseCommandLine, UsageError } from './command-line.ts';

const REQUIRED = ['--user', 'alice', '--domain', 'local', '--server', '127.0.0.1'];

describe('arguments', () => {
  test('MUST need no more than user, domain and server', () => {
    assert.deepEqual(parseCommandLine(REQUIRED), {
      help: false,
      server: { host: '127.0.0.1', port: 5060 },
      detached: false,
      settings: {
        user: 'alice',
        password: '',
        domain: 'local',
        transport: 'udp',
        listen: { address: '127.0.0.1', port: 0 },
        expiresS: 600,
        register: true,
        behaviour: { kind: 'ring' },
        call: undefined,
        hangUpAfterMs: undefined,
        toneHz: 400,
      },
    });
  });

  test('MUST read every option', () => {
    const { server, detached, settings } = parseCommandLine([
      ...['--user', 'a', '--password', 'p', '--domain', 'd', '--server', '[::1]:5070', '--transport', 'tcp'],
      ...['--listen', '[::1]:5080', '--expires', '60', '--no-register', '--answer-after', '300'],
      ...['--call', 'sip:bob@d', '--hang-up-after', '500', '--tone', '450', '--detached'],
    ]);
    assert.deepEqual(server, { host: '::1', port: 5070 });
    assert.equal(detached, true);
    assert.deepEqual(settings, {
      user: 'a',
      password: 'p',
      domain: 'd',
      transport: 'tcp',
      listen: { address: '::1', port: 5080 },
      expiresS: 60,
      register: false,
      behaviour: { kind: 'answer', afterMs: 300 },
      call: 'sip:bob@d',
      hangUpAfterMs: 500,
      toneHz: 450,
    });
  });

  test('MUST read each behaviour', () => {
    const behaviour = (...args: string[]) => parseCommandLine([...REQUIRED, ...args]).settings.behaviour;
    assert.deepEqual(behaviour('--ring-only'), { kind: 'ring' });
    assert.deepEqual(behaviour('--silent'), { kind: 'silent' });
    assert.deepEqual(behaviour('--decline', '603'), { kind: 'decline', status: 603 });
    assert.deepEqual(behaviour('--answer-after', '0'), { kind: 'answer', afterMs: 0 });
  });

  test('MUST take a server by name, and IPv6 without a port', () => {
    const server = (text: string) => parseCommandLine([...REQUIRED.slice(0, -1), text]).server;
    assert.deepEqual(server('pbx.example.com:5080'), { host: 'pbx.example.com', port: 5080 });
    assert.deepEqual(server('2001:db8::1'), { host: '2001:db8::1', port: 5060 });
  });

  for (const [args, message] of [
    [[], /--domain is missing/],
    [['--user', 'a', '--domain', 'd'], /--server is missing/],
    [[...REQUIRED, '--loud'], /--loud/],
    [[...REQUIRED, 'extra'], /extra/],
    [[...REQUIRED, '--transport', 'sctp'], /udp or tcp, not sctp/],
    [[...REQUIRED, '--listen', 'localhost:0'], /needs an IP address, not localhost/],
    [[...REQUIRED, '--listen', '127.0.0.1:x'], /needs host:port/],
    [[...REQUIRED, '--listen', '127.0.0.1:65536'], /from 0 to 65535, not 65536/],
    [[...REQUIRED, '--answer-after', 'soon'], /--answer-after is a whole number/],
    [[...REQUIRED, '--decline', '200'], /--decline 200: .*from 400 to 699/],
    [[...REQUIRED, '--decline', '486', '--silent'], /only one of --decline and --silent/],
    [[...REQUIRED, '--expires', '0'], /--expires is a whole number from 1/],
  ] as const) {
    test(`MUST refuse in plain words: ${args.join(' ') || 'nothing'}`, () => {
      assert.throws(
        () => parseCommandLine(args),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  test('MUST give help without anything else being right', () => {
    assert.equal(parseCommandLine(['--help']).help, true);
    assert.equal(parseCommandLine(['-h']).help, true);
  });

  test('MUST describe every option in the help', () => {
    for (const name of [
      ...['user', 'password', 'domain', 'server', 'transport', 'listen', 'expires', 'no-register', 'answer-after'],
      ...['decline', 'ring-only', 'silent', 'call', 'hang-up-after', 'tone', 'detached', 'help'],
    ]) {
      assert.match(HELP, new RegExp(`^ +--${name} `, 'm'));
    }
  });
});
