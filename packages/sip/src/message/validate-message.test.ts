import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BadRequestError } from './bad-request-error.ts';
import { ParseError } from './parse-error.ts';
import { parseMessage } from './parse-message.ts';
import { validateMessage } from './validate-message.ts';

const HEADERS: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP a;branch=z9hG4bK1',
  From: '<sip:a@b>;tag=1',
  To: '<sip:c@d>',
  'Call-ID': '1@a',
  CSeq: '1 INVITE',
};

function check(change: Record<string, string | undefined>, startLine = 'INVITE sip:c@d SIP/2.0', more = ''): void {
  const lines = Object.entries({ ...HEADERS, ...change }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  validateMessage(parseMessage(Buffer.from(`${startLine}\r\n${lines.join('')}${more}\r\n`)));
}

function isRefused(change: Record<string, string | undefined>, startLine?: string, more?: string): void {
  assert.throws(
    () => {
      check(change, startLine, more);
    },
    (error) => error instanceof BadRequestError && error.status === 400,
  );
}

describe('requests', () => {
  test('MUST pass with the mandatory headers of §8.1.1, without Max-Forwards and without a From-tag (RFC 2543)', () => {
    check({});
    check({ From: 'sip:a@b' });
    check({ Contact: '<sip:a@b>', 'Max-Forwards': '70', Route: '<sip:p;lr>', 'Record-Route': '<sip:p;lr>' });
    check({ Contact: '*', CSeq: '1 REGISTER' }, 'REGISTER sip:d SIP/2.0');
  });

  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    test(`MUST be refused without ${name}`, () => {
      isRefused({ [name]: undefined });
    });
    test(`MUST be refused with two ${name}`, () => {
      isRefused({}, undefined, `${name}: ${HEADERS[name] ?? ''}\r\n`);
    });
  }

  test('MUST be refused without an answer when Via is missing', () => {
    assert.throws(
      () => {
        check({ Via: undefined });
      },
      (error) => error instanceof ParseError && !(error instanceof BadRequestError),
    );
  });

  for (const [name, value] of [
    ['Via', 'SIP/2.0/UDP 192.0.2.15;;,;,,'],
    ['From', '"a <sip:a@b>'],
    ['To', 'a'],
    ['Call-ID', ''],
    ['Call-ID', 'a b'],
    ['Call-ID', 'ä'],
    ['CSeq', '36893488147419103232 INVITE'],
    ['CSeq', 'INVITE'],
    ['CSeq', '1 BYE'],
    ['CSeq', '1 invite'],
    ['Max-Forwards', '300'],
    ['Max-Forwards', '-1'],
    ['Contact', '"Joe" <sip:joe@example.org>;;;;'],
    ['Contact', 'sip:a@b?x=y'],
    ['Route', 'nothing'],
    ['Record-Route', '<sip:a@b'],
  ] as const) {
    test(`MUST be refused with ${name}: ${value}`, () => {
      isRefused({ [name]: value });
    });
  }

  for (const name of ['Max-Forwards', 'Content-Type']) {
    test(`MUST be refused with two ${name}`, () => {
      isRefused({ [name]: '1' }, undefined, `${name}: 1\r\n`);
    });
  }

  for (const uri of ['<sip:c@d>', 'sip:c@d?Route=%3Csip:e%3E', 'c', 'sip:c@']) {
    test(`MUST be refused with the Request-URI ${uri}`, () => {
      isRefused({}, `INVITE ${uri} SIP/2.0`);
    });
  }

  test('MUST pass with a Request-URI of an unknown scheme, which is for the user agent to answer with 416', () => {
    check({}, 'INVITE nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0');
  });

  test('ACK, BYE and CANCEL MUST pass with a Contact that nobody needs', () => {
    for (const method of ['ACK', 'BYE', 'CANCEL']) {
      check({ Contact: '<sip:', CSeq: `1 ${method}` }, `${method} sip:c@d SIP/2.0`);
    }
  });

  test('an ACK MUST NOT get an answer', () => {
    assert.throws(
      () => {
        check({}, 'ACK sip:c@d SIP/2.0');
      },
      (error) => error instanceof ParseError && !(error instanceof BadRequestError),
    );
  });

  test('MUST tell what is wrong, and where', () => {
    assert.throws(
      () => {
        check({ From: '<sip:a@b>;;tag=1' });
      },
      { message: 'name of a parameter missing', offset: 24 + 36 + 'From: <sip:a@b>;'.length },
    );
  });
});

describe('responses', () => {
  const OK = 'SIP/2.0 200 OK';

  test('MUST pass whatever their Contact is: a 2xx has to be acknowledged', () => {
    check({}, OK);
    check({ Contact: '<sip:' }, OK);
  });

  for (const change of [
    { Via: undefined },
    { From: undefined },
    { To: undefined },
    { 'Call-ID': undefined },
    { CSeq: undefined },
    { CSeq: '9292394834772304023312 OPTIONS' },
    { Via: 'x' },
  ]) {
    test(`MUST be dropped with ${JSON.stringify(change)}, ${Object.keys(change).join()}`, () => {
      assert.throws(
        () => {
          check(change, OK);
        },
        (error) => error instanceof ParseError && !(error instanceof BadRequestError),
      );
    });
  }
});
