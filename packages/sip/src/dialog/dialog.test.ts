import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ParseError } from '../message/parse-error.ts';
import { parseMessage } from '../message/parse-message.ts';
import { SipRequest, SipResponse } from '../message/sip-message.ts';
import { SipUri } from '../message/sip-uri.ts';
import { Dialog } from './dialog.ts';

type Lines = readonly string[];

function message(lines: Lines): SipRequest | SipResponse {
  return parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
}

function invite(uri = 'sip:bob@b.example', ...more: string[]): SipRequest {
  const parsed = message([
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
    'From: Alice <sip:alice@a.example>;tag=alice1',
    'To: Bob <sip:bob@b.example>',
    'Call-ID: call-1',
    'CSeq: 17 INVITE',
    ...(more.some((line) => line.startsWith('Contact')) ? [] : ['Contact: <sip:alice@192.0.2.1:5070>']),
    ...more,
  ]);
  assert.ok(parsed instanceof SipRequest);
  return parsed;
}

function response(status: number, ...more: string[]): SipResponse {
  const parsed = message([
    `SIP/2.0 ${status} Whatever`,
    'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
    'From: Alice <sip:alice@a.example>;tag=alice1',
    'To: Bob <sip:bob@b.example>;tag=bob1',
    'Call-ID: call-1',
    'CSeq: 17 INVITE',
    ...more,
  ]);
  assert.ok(parsed instanceof SipResponse);
  return parsed;
}

const routeLines = (request: SipRequest): readonly string[] => request.headerValues('Route');

suite('RFC 3261 §12.1.2: the dialog of the client', () => {
  test('MUST have the Call-ID, the From-tag as local tag and the To-tag as remote tag', () => {
    const { id } = Dialog.ofClient(invite(), response(200, 'Contact: <sip:bob@192.0.2.2>'));
    assert.deepEqual(id, { callId: 'call-1', localTag: 'alice1', remoteTag: 'bob1' });
  });

  test('MUST have the Record-Route of the response in reverse order as its route set', () => {
    const dialog = Dialog.ofClient(
      invite(),
      response(
        200,
        'Record-Route: <sip:p2;lr>, <sip:p1;lr>',
        'Record-Route: <sip:p0;lr>',
        'Contact: <sip:bob@192.0.2.2>',
      ),
    );
    assert.deepEqual(dialog.routeSet.map(String), ['<sip:p0;lr>', '<sip:p1;lr>', '<sip:p2;lr>']);
  });

  test('MUST have the Contact of the response as remote target', () => {
    const dialog = Dialog.ofClient(invite(), response(200, 'Contact: <sip:bob@192.0.2.2:5080;transport=tcp>'));
    assert.equal(dialog.remoteTarget.toString(), 'sip:bob@192.0.2.2:5080;transport=tcp');
  });

  test('is early with a 180 and confirmed with a 200', () => {
    assert.equal(Dialog.ofClient(invite(), response(180)).state, 'early');
    assert.equal(Dialog.ofClient(invite(), response(200)).state, 'confirmed');
  });

  test('MUST be secure only when a SIPS URI was asked for over TLS', () => {
    const sips = invite('sips:bob@b.example');
    assert.equal(Dialog.ofClient(sips, response(200), true).secure, true);
    assert.equal(Dialog.ofClient(sips, response(200), false).secure, false);
    assert.equal(Dialog.ofClient(invite(), response(200), true).secure, false);
  });

  test('a Contact and Record-Route that cannot be read leave the Request-URI and no route, so that the ACK can go out', () => {
    const dialog = Dialog.ofClient(invite(), response(200, 'Contact: <sip:', 'Record-Route: <<>>'));
    assert.equal(dialog.remoteTarget.toString(), 'sip:bob@b.example');
    assert.deepEqual(dialog.routeSet, []);
    assert.equal(dialog.createAck(17).rawUri, 'sip:bob@b.example');
  });

  test('a peer of RFC 2543 without To-tag has the empty remote tag', () => {
    const answer = response(200);
    answer.setHeader('To', '<sip:bob@b.example>');
    assert.equal(Dialog.ofClient(invite(), answer).id.remoteTag, '');
  });

  test('RFC 3261 §13.2.2.4: the 2xx of an early dialog brings a new route set and goes on with its sequence numbers', () => {
    const early = Dialog.ofClient(
      invite(),
      response(180, 'Record-Route: <sip:old;lr>', 'Contact: <sip:bob@192.0.2.2>'),
    );
    early.createRequest('INFO');
    assert.ok(early.acceptSequence(50));
    const confirmed = Dialog.ofClient(invite(), response(200, 'Record-Route: <sip:new;lr>'), false, early);
    assert.deepEqual(confirmed.routeSet.map(String), ['<sip:new;lr>']);
    assert.equal(confirmed.createRequest('BYE').header('CSeq'), '19 BYE');
    assert.equal(confirmed.acceptSequence(49), false);
  });
});

suite('RFC 3261 §12.1.1: the dialog of the server', () => {
  test('MUST have our tag as local tag and the From-tag as remote tag', () => {
    assert.deepEqual(Dialog.ofServer(invite(), 'mine').id, { callId: 'call-1', localTag: 'mine', remoteTag: 'alice1' });
  });

  test('MUST have the Record-Route of the request in its order, and its Contact as remote target', () => {
    const dialog = Dialog.ofServer(invite(undefined, 'Record-Route: <sip:p1;lr>, <sip:p2;lr>'), 'mine');
    assert.deepEqual(dialog.routeSet.map(String), ['<sip:p1;lr>', '<sip:p2;lr>']);
    assert.equal(dialog.remoteTarget.toString(), 'sip:alice@192.0.2.1:5070');
  });

  test('MUST refuse an INVITE without Contact', () => {
    const request = invite();
    request.removeHeader('Contact');
    assert.throws(() => Dialog.ofServer(request, 'mine'), ParseError);
  });

  test('requests to the peer have To and From the other way round', () => {
    const bye = Dialog.ofServer(invite(), 'mine').createRequest('BYE');
    assert.equal(bye.header('From'), 'Bob <sip:bob@b.example>;tag=mine');
    assert.equal(bye.header('To'), 'Alice <sip:alice@a.example>;tag=alice1');
    assert.equal(bye.callId, 'call-1');
  });
});

suite('RFC 3261 §12.2.1.1: requests within the dialog', () => {
  const confirmed = (...lines: string[]): Dialog =>
    Dialog.ofClient(invite(), response(200, 'Contact: <sip:bob@192.0.2.2>', ...lines));

  test('MUST go to the remote target when the route set is empty', () => {
    const dialog = confirmed();
    assert.equal(dialog.createRequest('BYE').rawUri, 'sip:bob@192.0.2.2');
    assert.equal(dialog.nextHop.toString(), 'sip:bob@192.0.2.2');
  });

  test('loose routing: MUST keep the remote target in the request line and send the route set in order', () => {
    const dialog = confirmed('Record-Route: <sip:p2;lr>, <sip:p1:5090;lr>');
    const bye = dialog.createRequest('BYE');
    assert.equal(bye.rawUri, 'sip:bob@192.0.2.2');
    assert.deepEqual(routeLines(bye), ['<sip:p1:5090;lr>', '<sip:p2;lr>']);
    assert.equal(dialog.nextHop.toString(), 'sip:p1:5090;lr');
  });

  test('strict routing: MUST put the first route into the request line and the remote target at the end', () => {
    const dialog = confirmed('Record-Route: <sip:p2;lr>, <sip:p1:5090?Subject=x>');
    const bye = dialog.createRequest('BYE');
    assert.equal(bye.rawUri, 'sip:p1:5090');
    assert.deepEqual(routeLines(bye), ['<sip:p2;lr>', '<sip:bob@192.0.2.2>']);
    assert.equal(dialog.nextHop.host, 'p1');
  });

  test('MUST count the CSeq up by one for each request, from that of the INVITE', () => {
    const dialog = confirmed();
    assert.equal(dialog.createRequest('INFO').header('CSeq'), '18 INFO');
    assert.equal(dialog.createRequest('BYE').header('CSeq'), '19 BYE');
  });

  test('RFC 3261 §13.2.2.4: the ACK MUST have the CSeq number of its INVITE and takes none of its own', () => {
    const dialog = confirmed();
    assert.equal(dialog.createAck(17).header('CSeq'), '17 ACK');
    assert.equal(dialog.createRequest('BYE').header('CSeq'), '18 BYE');
  });

  test('the Request-URI MUST NOT hold headers or a method parameter (§19.1.1)', () => {
    const dialog = Dialog.ofClient(invite(), response(200, 'Contact: <sip:bob@192.0.2.2;method=INVITE;ob?Subject=x>'));
    assert.equal(dialog.createRequest('BYE').rawUri, 'sip:bob@192.0.2.2;ob');
  });

  test('Max-Forwards is 70', () => {
    assert.equal(confirmed().createRequest('BYE').maxForwards, 70);
  });
});

suite('RFC 3261 §12.2.2: requests of the peer', () => {
  test('MUST accept any first number, and MUST refuse a lower one afterwards', () => {
    const dialog = Dialog.ofClient(invite(), response(200));
    assert.equal(dialog.remoteSequence, undefined);
    assert.ok(dialog.acceptSequence(9000));
    assert.ok(dialog.acceptSequence(9005), 'a gap is no error');
    assert.equal(dialog.acceptSequence(9004), false);
    assert.equal(dialog.remoteSequence, 9005);
  });

  test('the server starts with the number of the INVITE', () => {
    const dialog = Dialog.ofServer(invite(), 'mine');
    assert.equal(dialog.acceptSequence(16), false);
    assert.ok(dialog.acceptSequence(18));
  });
});

suite('RFC 3261 §12.2: target refresh', () => {
  test('MUST replace the remote target, and MUST NOT replace the route set', () => {
    const dialog = Dialog.ofClient(invite(), response(200, 'Contact: <sip:bob@192.0.2.2>', 'Record-Route: <sip:p;lr>'));
    dialog.refreshTarget(response(200, 'Contact: <sip:bob@192.0.2.99>', 'Record-Route: <sip:other;lr>'));
    const bye = dialog.createRequest('BYE');
    assert.equal(bye.rawUri, 'sip:bob@192.0.2.99');
    assert.deepEqual(routeLines(bye), ['<sip:p;lr>']);
  });

  test('a message without a Contact, or with one that cannot be read, changes nothing', () => {
    const dialog = Dialog.ofClient(invite(), response(200, 'Contact: <sip:bob@192.0.2.2>'));
    dialog.refreshTarget(response(200));
    dialog.refreshTarget(response(200, 'Contact: <nonsense'));
    assert.ok(dialog.remoteTarget.equals(SipUri.parse('sip:bob@192.0.2.2')));
  });
});
