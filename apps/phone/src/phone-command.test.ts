import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CommandError, parseCommand } from './phone-command.ts';

describe('commands', () => {
  for (const command of ['register', 'unregister', 'cancel', 'answer', 'hangup', 'hold', 'resume', 'quit'] as const) {
    test(`MUST read ${command}`, () => {
      assert.deepEqual(parseCommand(`{"command":"${command}"}`), { command });
    });
  }

  test('MUST read call and decline with what they need', () => {
    assert.deepEqual(parseCommand('{"command":"call","to":"bob"}'), { command: 'call', to: 'bob' });
    assert.deepEqual(parseCommand('{"command":"decline","status":603}'), { command: 'decline', status: 603 });
    assert.deepEqual(parseCommand('{"command":"decline"}'), { command: 'decline', status: 486 });
  });

  for (const [line, message] of [
    ['answer', /not JSON/],
    ['["answer"]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['{}', /unknown command \(none\)/],
    ['{"command":"dance"}', /unknown command "dance"; there are: answer, call, cancel/],
    ['{"command":"call"}', /needs "to"/],
    ['{"command":"call","to":""}', /needs "to"/],
    ['{"command":"decline","status":200}', /from 400 to 699, not 200/],
    ['{"command":"decline","status":"486"}', /from 400 to 699, not "486"/],
    ['{"command":"decline","status":486.5}', /from 400 to 699/],
  ] as const) {
    test(`MUST refuse ${line} in plain words`, () => {
      assert.throws(
        () => parseCommand(line),
        (error) => error instanceof CommandError && message.test(error.message) && error.help !== undefined,
      );
    });
  }
});
