import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  digestAlgorithm,
  digestResponse,
  formatChallenge,
  formatCredentials,
  ha1,
  parseChallenge,
  parseCredentials,
} from './digest.ts';

describe('worked examples', () => {
  const rfc7616 = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    qop: 'auth',
    nc: '00000001',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  };

  test('MUST give the MD5 response of RFC 7616 §3.9.1', () => {
    const secret = ha1('Mufasa', 'http-auth@example.org', 'Circle of Life', 'MD5');
    assert.equal(digestResponse({ ...rfc7616, ha1: secret }, 'MD5'), '8ca523f5e9506fed4657c9700eebdbec');
  });

  test('MUST give the SHA-256 response of RFC 7616 §3.9.1', () => {
    const secret = ha1('Mufasa', 'http-auth@example.org', 'Circle of Life', 'SHA-256');
    assert.equal(
      digestResponse({ ...rfc7616, ha1: secret }, 'SHA-256'),
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  test('MUST give the response of RFC 2617 §3.5', () => {
    const secret = ha1('Mufasa', 'testrealm@host.com', 'Circle Of Life', 'MD5');
    assert.equal(secret, '939e7578ed9e3c518a452acee763bce9');
    const response = digestResponse(
      {
        ha1: secret,
        method: 'GET',
        uri: '/dir/index.html',
        nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
        qop: 'auth',
        nc: '00000001',
        cnonce: '0a4f113b',
      },
      'MD5',
    );
    assert.equal(response, '6629fae49393a05397450978507c4ef1');
  });

  test('MUST give the response of RFC 2069 §2.4 (erratum 749), which has no qop', () => {
    const secret = ha1('Mufasa', 'testrealm@host.com', 'CircleOfLife', 'MD5');
    const response = digestResponse(
      { ha1: secret, method: 'GET', uri: '/dir/index.html', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' },
      'MD5',
    );
    assert.equal(response, '1949323746fe6a43ef61f9606e7febea');
  });

  test('MUST hash the body into A2 with qop auth-int (RFC 7616 §3.4.3)', () => {
    const input = { ha1: 'h', method: 'INVITE', uri: 'sip:a@b', nonce: 'n', nc: '00000001', cnonce: 'c' };
    const empty = digestResponse({ ...input, qop: 'auth-int' }, 'MD5');
    assert.equal(digestResponse({ ...input, qop: 'auth-int', body: Buffer.alloc(0) }, 'MD5'), empty);
    assert.notEqual(digestResponse({ ...input, qop: 'auth-int', body: Buffer.from('v=0') }, 'MD5'), empty);
    assert.equal(
      digestResponse({ ...input, qop: 'auth', body: Buffer.from('v=0') }, 'MD5'),
      digestResponse({ ...input, qop: 'auth' }, 'MD5'),
    );
  });

  test('MUST hash names and passwords as UTF-8', () => {
    // printf 'Jäsøn Doe:r:p' | md5sum
    assert.equal(ha1('Jäsøn Doe', 'r', 'p', 'MD5'), '7e0f5917220feb03bbe9d314d65316e4');
  });
});

describe('challenges', () => {
  test('MUST read every part, quoted or not, in any case and order', () => {
    assert.deepEqual(
      parseChallenge(
        'DIGEST  Realm = "a \\"b\\" \\\\ c" , nonce="n,1", QOP="auth-int, auth",algorithm=sha-256, opaque="", stale=TRUE',
      ),
      {
        realm: 'a "b" \\ c',
        nonce: 'n,1',
        algorithm: 'sha-256',
        opaque: '',
        qop: ['auth-int', 'auth'],
        stale: true,
      },
    );
  });

  test('MUST take MD5 and no qop where nothing is said', () => {
    const challenge = parseChallenge('Digest realm="r", nonce="n"');
    assert.deepEqual(challenge, { realm: 'r', nonce: 'n', algorithm: 'MD5', opaque: undefined, qop: [], stale: false });
  });

  for (const [text, why] of [
    ['Basic realm="r"', 'another scheme'],
    ['Digest', 'no parameters'],
    ['Digest realm="r"', 'no nonce'],
    ['Digest nonce="n"', 'no realm'],
    ['Digest realm="r, nonce="n"', 'a quote that does not end'],
    ['Digest realm="r" nonce="n"', 'no comma'],
    ['Digest realm="r", nonce="n", realm="s"', 'a parameter twice'],
    ['Digest realm="r", nonce=', 'an empty token'],
  ] as const) {
    test(`MUST NOT read: ${why}`, () => {
      assert.equal(parseChallenge(text), undefined);
    });
  }

  test('MUST write what it reads back', () => {
    const challenge = {
      realm: 'a "b" \\',
      nonce: 'n',
      algorithm: 'SHA-256',
      opaque: 'o',
      qop: ['auth', 'auth-int'],
      stale: true,
    };
    const text = formatChallenge(challenge);
    assert.equal(
      text,
      'Digest realm="a \\"b\\" \\\\", nonce="n", opaque="o", stale=true, algorithm=SHA-256, qop="auth,auth-int"',
    );
    assert.deepEqual(parseChallenge(text), challenge);
  });

  test('MUST know MD5 and SHA-256 in any case, and nothing else', () => {
    assert.equal(digestAlgorithm('md5'), 'MD5');
    assert.equal(digestAlgorithm('Sha-256'), 'SHA-256');
    for (const name of ['MD5-sess', 'SHA-256-sess', 'SHA-512-256', '']) assert.equal(digestAlgorithm(name), undefined);
  });
});

describe('credentials', () => {
  const credentials = {
    username: 'bob "b"',
    realm: 'r',
    nonce: 'n',
    uri: 'sip:local;x="1"',
    response: '0f',
    algorithm: 'SHA-256',
    cnonce: 'c',
    opaque: 'o',
    qop: 'auth',
    nc: '0000000a',
  };

  test('MUST quote username, realm, nonce, uri, response, cnonce and opaque, and not algorithm, qop and nc', () => {
    assert.equal(
      formatCredentials(credentials),
      'Digest username="bob \\"b\\"", realm="r", nonce="n", uri="sip:local;x=\\"1\\"", response="0f", ' +
        'algorithm=SHA-256, cnonce="c", opaque="o", qop=auth, nc=0000000a',
    );
  });

  test('MUST write what it reads back', () => {
    assert.deepEqual(parseCredentials(formatCredentials(credentials)), credentials);
  });

  test('MUST leave out what is not there', () => {
    const legacy = { ...credentials, cnonce: undefined, opaque: undefined, qop: undefined, nc: undefined };
    const text = formatCredentials(legacy);
    assert.doesNotMatch(text, /cnonce|opaque|qop|nc=/);
    assert.deepEqual(parseCredentials(text), legacy);
  });

  test('MUST read qop, nc and response in any case, quoted or not', () => {
    const read = parseCredentials(
      'Digest username="u", realm="r", nonce="n", uri="sip:a", response="ABCDEF", qop="AUTH", nc="0000000A", cnonce=c',
    );
    assert.equal(read?.response, 'abcdef');
    assert.equal(read.qop, 'auth');
    assert.equal(read.nc, '0000000a');
    assert.equal(read.algorithm, 'MD5');
  });

  for (const part of ['username', 'realm', 'nonce', 'uri', 'response']) {
    test(`MUST NOT read credentials without ${part}`, () => {
      const parts = ['username="u"', 'realm="r"', 'nonce="n"', 'uri="sip:a"', 'response="00"'];
      const text = `Digest ${parts.filter((other) => !other.startsWith(part)).join(', ')}`;
      assert.equal(parseCredentials(text), undefined);
    });
  }
});
