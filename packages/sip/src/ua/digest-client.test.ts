import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededIdSource } from '@groupcall/testkit';
import { SipResponse } from '../message/sip-message.ts';
import { digestResponse, ha1, parseCredentials } from './digest.ts';
import { DigestClient, DigestError } from './digest-client.ts';

const SECRET = { username: 'bob', password: 'zanzibar' };
const URI = 'sip:biloxi.com';
const SHA256 = 'Digest realm="biloxi.com", nonce="n1", algorithm=SHA-256, qop="auth"';
const MD5 = 'Digest realm="biloxi.com", nonce="n1", algorithm=MD5, qop="auth", opaque="o"';

const client = () => new DigestClient({ ids: new SeededIdSource() });

function read(text: string) {
  const credentials = parseCredentials(text);
  assert.ok(credentials);
  return credentials;
}

describe('authorization', () => {
  test('MUST answer with the right digest, and say what it was made of', () => {
    const credentials = read(client().authorization(MD5, SECRET, 'REGISTER', URI));
    const { cnonce, response, ...rest } = credentials;
    assert.deepEqual(rest, {
      username: 'bob',
      realm: 'biloxi.com',
      nonce: 'n1',
      uri: URI,
      algorithm: 'MD5',
      opaque: 'o',
      qop: 'auth',
      nc: '00000001',
    });
    assert.match(cnonce ?? '', /^[0-9a-z]{20}$/);
    const secret = ha1('bob', 'biloxi.com', 'zanzibar', 'MD5');
    const input = { ha1: secret, method: 'REGISTER', uri: URI, nonce: 'n1', qop: 'auth', nc: '00000001', cnonce };
    assert.equal(response, digestResponse(input, 'MD5'));
  });

  test('MUST take SHA-256 when it is offered, wherever it stands (RFC 8760 §2.4)', () => {
    assert.equal(read(client().authorization([SHA256, MD5], SECRET, 'REGISTER', URI)).algorithm, 'SHA-256');
    assert.equal(read(client().authorization([MD5, SHA256], SECRET, 'REGISTER', URI)).algorithm, 'SHA-256');
  });

  test('MUST take the topmost of equals (RFC 8760 §2.4)', () => {
    const lines = [MD5.replace('n1', 'first'), MD5.replace('n1', 'second')];
    assert.equal(read(client().authorization(lines, SECRET, 'REGISTER', URI)).nonce, 'first');
  });

  test('MUST pass over algorithms and schemes it does not know', () => {
    const lines = [SHA256.replace('SHA-256', 'SHA-512-256'), 'Bearer realm="x"', MD5];
    assert.equal(read(client().authorization(lines, SECRET, 'REGISTER', URI)).algorithm, 'MD5');
  });

  test('MUST name the algorithm as the challenge wrote it', () => {
    const lower = MD5.replace('=MD5', '=md5');
    assert.equal(read(client().authorization(lower, SECRET, 'REGISTER', URI)).algorithm, 'md5');
  });

  test('MUST count nc for each nonce by itself', () => {
    const digest = client();
    const nc = (challenge: string) => read(digest.authorization(challenge, SECRET, 'REGISTER', URI)).nc;
    assert.equal(nc(MD5), '00000001');
    assert.equal(nc(MD5), '00000002');
    assert.equal(nc(MD5.replace('n1', 'n2')), '00000001');
    assert.equal(nc(MD5), '00000003');
    for (let count = 4; count < 16; count++) nc(MD5);
    assert.equal(nc(MD5), '00000010');
  });

  test('MUST take another cnonce each time', () => {
    const digest = client();
    const cnonce = () => read(digest.authorization(MD5, SECRET, 'REGISTER', URI)).cnonce;
    assert.notEqual(cnonce(), cnonce());
  });

  test('MUST NOT send qop, nc or cnonce to a server that offers no qop (RFC 2069)', () => {
    const credentials = read(client().authorization('Digest realm="r", nonce="n"', SECRET, 'REGISTER', URI));
    assert.equal(credentials.qop, undefined);
    assert.equal(credentials.nc, undefined);
    assert.equal(credentials.cnonce, undefined);
    const secret = ha1('bob', 'r', 'zanzibar', 'MD5');
    const expected = digestResponse({ ha1: secret, method: 'REGISTER', uri: URI, nonce: 'n' }, 'MD5');
    assert.equal(credentials.response, expected);
  });

  test('MUST use auth-int with the body where nothing else is offered, and auth where it is', () => {
    const body = Buffer.from('v=0\r\n');
    const integrity = MD5.replace('"auth"', '"auth-int"');
    const credentials = read(client().authorization(integrity, SECRET, 'INVITE', URI, body));
    assert.equal(credentials.qop, 'auth-int');
    const { cnonce, nc } = credentials;
    const secret = ha1('bob', 'biloxi.com', 'zanzibar', 'MD5');
    const input = { ha1: secret, method: 'INVITE', uri: URI, nonce: 'n1', qop: 'auth-int', nc, cnonce, body };
    assert.equal(credentials.response, digestResponse(input, 'MD5'));
    const both = MD5.replace('"auth"', '"auth-int,auth"');
    assert.equal(read(client().authorization(both, SECRET, 'INVITE', URI, body)).qop, 'auth');
  });

  for (const challenge of [
    'Basic realm="r"',
    'Digest realm="r"',
    'Digest realm="r", nonce="n", algorithm=MD5-sess',
    'Digest realm="r", nonce="n", qop="future"',
    [],
  ]) {
    test(`MUST say that it can't answer: ${String(challenge) || 'nothing'}`, () => {
      assert.throws(() => client().authorization(challenge, SECRET, 'REGISTER', URI), DigestError);
    });
  }
});

describe('answering a response', () => {
  const respond = (...headers: [string, string][]) => SipResponse.create({ status: 401, headers });

  test('MUST answer WWW-Authenticate with Authorization and Proxy-Authenticate with Proxy-Authorization', () => {
    const headers = client().answer(
      respond(['WWW-Authenticate', MD5], ['Proxy-Authenticate', MD5.replace('biloxi.com', 'proxy')]),
      SECRET,
      'INVITE',
      URI,
    );
    assert.deepEqual(
      headers?.map(([name, value]) => [name, read(value).realm]),
      [
        ['Authorization', 'biloxi.com'],
        ['Proxy-Authorization', 'proxy'],
      ],
    );
  });

  test('MUST answer each realm once, with the strongest of its challenges (RFC 3261 §22.3)', () => {
    const other = (line: string) => line.replace('biloxi.com', 'other');
    const headers = client().answer(
      respond(
        ['Proxy-Authenticate', MD5],
        ['Proxy-Authenticate', other(MD5)],
        ['Proxy-Authenticate', SHA256],
        ['Proxy-Authenticate', 'Basic realm="x"'],
      ),
      SECRET,
      'INVITE',
      URI,
    );
    assert.deepEqual(
      headers?.map(([, value]) => [read(value).realm, read(value).algorithm]),
      [
        ['biloxi.com', 'SHA-256'],
        ['other', 'MD5'],
      ],
    );
  });

  test('MUST give nothing when no challenge can be answered', () => {
    assert.equal(client().answer(respond(), SECRET, 'INVITE', URI), undefined);
    assert.equal(client().answer(respond(['WWW-Authenticate', 'Basic realm="x"']), SECRET, 'INVITE', URI), undefined);
  });
});
