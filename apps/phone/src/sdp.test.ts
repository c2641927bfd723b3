import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerDirection, LocalSdp, parseSdp, SdpError } from './sdp.ts';

const sdp = (...lines: string[]): string => `${['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', ...lines].join('\r\n')}\r\n`;

describe('reading', () => {
  test('MUST take the audio stream with PCMU, its address and direction', () => {
    const { audio, audioIndex } = parseSdp(
      sdp(
        'c=IN IP4 192.0.2.1',
        't=0 0',
        'm=audio 4000 RTP/AVP 8 0 101',
        'a=rtpmap:101 telephone-event/8000',
        'a=sendonly',
      ),
    );
    assert.deepEqual(audio, { address: '192.0.2.1', port: 4000, payloadType: 0, direction: 'sendonly' });
    assert.equal(audioIndex, 0);
  });

  test('MUST prefer the address and direction of the stream to those of the session', () => {
    const { audio } = parseSdp(
      sdp('c=IN IP4 192.0.2.1', 't=0 0', 'a=inactive', 'm=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::1', 'a=recvonly'),
    );
    assert.equal(audio.address, '2001:db8::1');
    assert.equal(audio.direction, 'recvonly');
  });

  test('MUST take the direction of the session, else sendrecv', () => {
    const head = ['c=IN IP4 192.0.2.1', 't=0 0'];
    assert.equal(parseSdp(sdp(...head, 'a=recvonly', 'm=audio 4000 RTP/AVP 0')).audio.direction, 'recvonly');
    assert.equal(parseSdp(sdp(...head, 'm=audio 4000 RTP/AVP 0')).audio.direction, 'sendrecv');
  });

  test('MUST find PCMU under a dynamic payload type, and not under a 0 that was mapped to something else', () => {
    const lines = [
      'c=IN IP4 192.0.2.1',
      't=0 0',
      'm=audio 4000 RTP/AVP 0 96',
      'a=rtpmap:0 GSM/8000',
      'a=rtpmap:96 pcmu/8000',
    ];
    assert.equal(parseSdp(sdp(...lines)).audio.payloadType, 96);
  });

  test('MUST pass over video, other profiles and refused streams', () => {
    const { audioIndex, sections } = parseSdp(
      sdp(
        'c=IN IP4 192.0.2.1',
        't=0 0',
        'm=video 5000 RTP/AVP 31',
        'm=audio 4000 RTP/SAVP 0',
        'm=audio 0 RTP/AVP 0',
        'm=audio 4004/2 RTP/AVP 0',
      ),
    );
    assert.equal(audioIndex, 3);
    assert.equal(sections[3]?.port, 4004);
  });

  test('MUST read lines that end with LF alone', () => {
    assert.equal(parseSdp(sdp('c=IN IP4 192.0.2.1', 'm=audio 4000 RTP/AVP 0').replaceAll('\r', '')).audio.port, 4000);
  });

  for (const [why, text] of [
    ['nothing', ''],
    ['no version', 'm=audio 4000 RTP/AVP 0\r\n'],
    ['no audio', sdp('c=IN IP4 192.0.2.1', 'm=video 4000 RTP/AVP 0')],
    ['no PCMU', sdp('c=IN IP4 192.0.2.1', 'm=audio 4000 RTP/AVP 8')],
    ['no address', sdp('m=audio 4000 RTP/AVP 0')],
    ['a port that is no number', sdp('c=IN IP4 192.0.2.1', 'm=audio x RTP/AVP 0')],
    ['a port above 65535', sdp('c=IN IP4 192.0.2.1', 'm=audio 65536 RTP/AVP 0')],
    ['no format', sdp('c=IN IP4 192.0.2.1', 'm=audio 4000 RTP/AVP')],
  ] as const) {
    test(`MUST refuse: ${why}`, () => {
      assert.throws(() => parseSdp(text), SdpError);
    });
  }
});

describe('answering', () => {
  test('MUST answer each direction with its counterpart (RFC 3264 §6.1)', () => {
    assert.equal(answerDirection('sendrecv', false), 'sendrecv');
    assert.equal(answerDirection('sendonly', false), 'recvonly');
    assert.equal(answerDirection('recvonly', false), 'sendonly');
    assert.equal(answerDirection('inactive', false), 'inactive');
  });

  test('MUST NOT receive while it holds (RFC 3264 §8.4)', () => {
    assert.equal(answerDirection('sendrecv', true), 'sendonly');
    assert.equal(answerDirection('sendonly', true), 'inactive');
    assert.equal(answerDirection('recvonly', true), 'sendonly');
    assert.equal(answerDirection('inactive', true), 'inactive');
  });

  test('MUST answer every stream, and refuse all but the audio with port 0 (RFC 3264 §6)', () => {
    const offer = parseSdp(
      sdp('c=IN IP4 192.0.2.1', 'm=video 5000 RTP/AVP 31', 'm=audio 4000 RTP/AVP 96 0', 'a=rtpmap:96 PCMU/8000'),
    );
    const answer = new LocalSdp({ address: '127.0.0.1', port: 6000 }, 7).answer(offer, 'sendrecv');
    const lines = answer.split('\r\n').filter((line) => line.startsWith('m='));
    assert.deepEqual(lines, ['m=video 0 RTP/AVP 31', 'm=audio 6000 RTP/AVP 96']);
  });
});

describe('offering', () => {
  test('MUST write an SDP that it reads back', () => {
    const { audio } = parseSdp(new LocalSdp({ address: '::1', port: 6000 }, 7).offer('sendonly'));
    assert.deepEqual(audio, { address: '::1', port: 6000, payloadType: 0, direction: 'sendonly' });
  });

  test('MUST keep the session id and raise the version by one (RFC 3264 §8)', () => {
    const local = new LocalSdp({ address: '127.0.0.1', port: 6000 }, 7);
    const origins = [local.offer('sendrecv'), local.offer('sendonly')].map((text) => text.split('\r\n')[1]);
    assert.deepEqual(origins, ['o=- 7 0 IN IP4 127.0.0.1', 'o=- 7 1 IN IP4 127.0.0.1']);
  });
});
