import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeaderLine, SipRequest, SipUri } from '@groupcall/sip';
import { contentOf, sdpOf } from './message-content.ts';

function message(body: string | Buffer, headers: readonly HeaderLine[] = []): SipRequest {
  return SipRequest.create({ method: 'INVITE', uri: SipUri.parse('sip:x@192.0.2.1'), headers, body });
}

const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n';

test('MUST take a body with all that says what it is, byte by byte, and nothing else', () => {
  const bytes = Buffer.from([0, 255, 1, 254]);
  const content = contentOf(
    message(bytes, [
      ['c', 'application/x-binary;v=1'],
      ['e', 'gzip'],
      ['Content-Disposition', 'session;handling=required'],
      ['Subject', 'no business of the body'],
    ]),
  );
  assert.deepEqual(content, {
    body: bytes,
    contentType: 'application/x-binary;v=1',
    headers: [
      ['Content-Disposition', 'session;handling=required'],
      ['Content-Encoding', 'gzip'],
    ],
  });
});

test('MUST take nothing from a message without a body', () => {
  assert.deepEqual(contentOf(message('', [['Content-Type', 'application/sdp']])), {});
  assert.equal(sdpOf({}), undefined);
});

test('MUST find SDP that is the whole body, also without a Content-Type', () => {
  assert.equal(sdpOf(contentOf(message(SDP, [['Content-Type', 'Application/SDP;x=y']]))), SDP);
  assert.equal(sdpOf(contentOf(message(SDP))), SDP);
});

test('MUST NOT take another body for SDP', () => {
  assert.equal(sdpOf(contentOf(message(SDP, [['Content-Type', 'application/isup']]))), undefined);
});

const MULTIPART = [
  'preamble',
  '--b1',
  'Content-Type: application/isup;version=itu-t92+',
  '',
  'binary',
  '--b1',
  'Content-Disposition: session',
  'content-type:  application/sdp ; charset=x',
  '',
  SDP.trimEnd(),
  '--b1--',
  '',
].join('\r\n');

for (const type of [
  'multipart/mixed;boundary=b1',
  'multipart/mixed; boundary="b1"',
  'Multipart/Related ;BOUNDARY=b1',
]) {
  test(`RFC 5621: MUST find SDP that is a part of ${type}`, () => {
    assert.equal(sdpOf(contentOf(message(MULTIPART, [['Content-Type', type]]))), SDP);
  });
}

for (const [type, body] of [
  ['multipart/mixed', MULTIPART],
  ['multipart/mixed;boundary=other', MULTIPART],
  ['multipart/mixed;boundary=b1', '--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1--'],
  ['multipart/mixed;boundary=b1', ''],
] as const) {
  test(`MUST find none in ${type} of ${body.length} bytes`, () => {
    assert.equal(sdpOf(contentOf(message(body, [['Content-Type', type]]))), undefined);
  });
}
