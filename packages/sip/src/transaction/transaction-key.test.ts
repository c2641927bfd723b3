import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../message/parse-message.ts';
import { SipRequest } from '../message/sip-message.ts';
import { mergeKey, serverKey } from './transaction-key.ts';

function request(
  method: string,
  via: string,
  { toTag = '', fromTag = '1', cseq = 1, callId = '1@a' } = {},
): SipRequest {
  const lines = [
    `${method} sip:bob@example.com SIP/2.0`,
    `Via: SIP/2.0/UDP ${via}`,
    `From: <sip:alice@example.com>;tag=${fromTag}`,
    `To: <sip:bob@example.com>${toTag}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Content-Length: 0',
  ];
  const message = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  assert.ok(message instanceof SipRequest);
  return message;
}

const NEW = 'a.example.com;branch=z9hG4bK1';
const OLD = 'a.example.com;branch=1';

test('MUST tell transactions apart by branch, sent-by and method (§17.2.3)', () => {
  const others = [
    request('INVITE', 'a.example.com;branch=z9hG4bK2'),
    request('INVITE', 'b.example.com;branch=z9hG4bK1'),
    request('INVITE', 'a.example.com:5070;branch=z9hG4bK1'),
    request('OPTIONS', NEW),
  ];
  const keys = [request('INVITE', NEW), ...others].map((one) => serverKey(one));
  assert.equal(new Set(keys).size, keys.length);
});

test('MUST match an ACK, and a CANCEL that asks for it, to the INVITE (§17.2.3, §9.2)', () => {
  const key = serverKey(request('INVITE', NEW));
  assert.equal(serverKey(request('ACK', NEW, { toTag: ';tag=2' })), key);
  assert.equal(serverKey(request('CANCEL', NEW), 'INVITE'), key);
  assert.notEqual(serverKey(request('CANCEL', NEW)), key);
});

test('MUST match requests of RFC 2543 by From-tag, Call-ID, CSeq and Via, and an ACK to its INVITE (§17.2.3)', () => {
  const key = serverKey(request('INVITE', OLD));
  assert.equal(serverKey(request('ACK', OLD, { toTag: ';tag=2' })), key);
  assert.notEqual(serverKey(request('INVITE', OLD, { fromTag: '9' })), key);
  assert.notEqual(serverKey(request('INVITE', OLD, { callId: '2@a' })), key);
  assert.notEqual(serverKey(request('INVITE', OLD, { cseq: 2 })), key);
  assert.notEqual(serverKey(request('INVITE', 'b.example.com;branch=1')), key);
});

test('MUST see the same request by another way, but none within a dialog, as merged (§8.2.2.2)', () => {
  const key = mergeKey(request('INVITE', NEW));
  assert.equal(mergeKey(request('INVITE', 'a.example.com;branch=z9hG4bK2')), key);
  assert.notEqual(mergeKey(request('INVITE', NEW, { cseq: 2 })), key);
  assert.notEqual(mergeKey(request('OPTIONS', NEW)), key);
  assert.equal(mergeKey(request('INVITE', NEW, { toTag: ';tag=2' })), '');
});
