import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOffer } from './answer.ts';
import { type LocalDescription, writeDescription } from './local-description.ts';
import { makeOffer, readAnswer } from './offer.ts';

const PARTY = { address: '192.0.2.1', port: 20_000, sessionId: '4711' };

const lines = (description: LocalDescription, version = 0) => writeDescription(description, version).split('\r\n');

function sdp(...body: readonly string[]): string {
  return ['v=0', 'o=phone 1 1 IN IP4 192.0.2.9', 's=-', ...body, ''].join('\r\n');
}

const C = 'c=IN IP4 192.0.2.9';
const AUDIO = [C, 't=0 0', 'm=audio 4000 RTP/AVP 0 8'];

test('RFC 3264 §5: MUST offer one audio stream with all that is spoken', () => {
  assert.deepEqual(lines(makeOffer(PARTY)), [
    'v=0',
    'o=- 4711 0 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    'm=audio 20000 RTP/AVP 0 8 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ]);
});

test('MUST write IPv6 addresses as such', () => {
  const written = lines(makeOffer({ ...PARTY, address: '2001:db8::1' }));
  assert.ok(written.includes('o=- 4711 0 IN IP6 2001:db8::1'));
  assert.ok(written.includes('c=IN IP6 2001:db8::1'));
});

const ANSWERS: readonly {
  readonly title: string;
  readonly body: readonly string[];
  readonly codec: string;
  readonly sentAs: number;
  readonly direction: string;
  readonly remote: object | undefined;
}[] = [
  {
    title: 'the first codec that the phone lists',
    body: AUDIO,
    codec: 'PCMU',
    sentAs: 0,
    direction: 'sendrecv',
    remote: { address: '192.0.2.9', port: 4000 },
  },
  {
    title: 'A-law when the phone prefers it',
    body: [C, 't=0 0', 'm=audio 4000 RTP/AVP 8 0', 'a=rtpmap:8 PCMA/8000'],
    codec: 'PCMA',
    sentAs: 8,
    direction: 'sendrecv',
    remote: { address: '192.0.2.9', port: 4000 },
  },
  {
    title: 'a codec behind ones that are not spoken, and its name without case',
    body: [C, 't=0 0', 'm=audio 4000 RTP/AVP 9 18 97', 'a=rtpmap:97 pcma/8000/1'],
    codec: 'PCMA',
    sentAs: 97,
    direction: 'sendrecv',
    remote: { address: '192.0.2.9', port: 4000 },
  },
  {
    title: 'the stream’s own address before that of the session',
    body: ['c=IN IP4 192.0.2.7', 't=0 0', 'm=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::9'],
    codec: 'PCMU',
    sentAs: 0,
    direction: 'sendrecv',
    remote: { address: '2001:db8::9', port: 4000 },
  },
  {
    title: 'a direction of the whole session',
    body: [C, 't=0 0', 'a=sendonly', 'm=audio 4000 RTP/AVP 0'],
    codec: 'PCMU',
    sentAs: 0,
    direction: 'recvonly',
    remote: { address: '192.0.2.9', port: 4000 },
  },
  {
    title: 'hold as RFC 2543 did it: nothing is sent',
    body: ['c=IN IP4 0.0.0.0', 't=0 0', 'm=audio 4000 RTP/AVP 0'],
    codec: 'PCMU',
    sentAs: 0,
    direction: 'sendrecv',
    remote: undefined,
  },
  {
    title: 'lines that end in LF alone, unknown lines, a count of ports',
    body: [C, 't=0 0', 'x=y', 'm=audio 4000/1 RTP/AVP 0\na=silly\na=inactive'],
    codec: 'PCMU',
    sentAs: 0,
    direction: 'inactive',
    remote: { address: '192.0.2.9', port: 4000 },
  },
];

for (const { title, body, codec, sentAs, direction, remote } of ANSWERS) {
  test(`RFC 3264 §7: MUST take from an answer ${title}`, () => {
    const agreement = readAnswer(sdp(...body));
    assert.equal(agreement.codec.name, codec);
    assert.equal(agreement.codec.payloadType, sentAs);
    assert.equal(agreement.direction, direction);
    assert.deepEqual(agreement.remote, remote);
    assert.ok(agreement.payloadTypes.has(sentAs));
  });
}

const NOTHING_IN_COMMON: readonly (readonly [missing: RegExp, body: readonly string[]])[] = [
  [/G729\/8000.*PCMU\/8000, PCMA\/8000/, [C, 't=0 0', 'm=audio 4000 RTP/AVP 18', 'a=rtpmap:18 G729/8000']],
  [/PCMU\/16000/, [C, 't=0 0', 'm=audio 4000 RTP/AVP 96', 'a=rtpmap:96 PCMU/16000']],
  [/telephone-event/, [C, 't=0 0', 'm=audio 4000 RTP/AVP 101', 'a=rtpmap:101 telephone-event/8000']],
  [/RTP\/SAVP/, [C, 't=0 0', 'm=audio 4000 RTP/SAVP 0']],
  [/port 0/, [C, 't=0 0', 'm=audio 0 RTP/AVP 0']],
  [/video is not carried/, [C, 't=0 0', 'm=video 4000 RTP/AVP 31']],
  [/"" is no address/, ['t=0 0', 'm=audio 4000 RTP/AVP 0']],
  [/"phone\.example"/, ['c=IN IP4 phone.example', 't=0 0', 'm=audio 4000 RTP/AVP 0']],
  [/"239\.1\.1\.1"/, ['c=IN IP4 239.1.1.1', 't=0 0', 'm=audio 4000 RTP/AVP 0']],
  [/"ff02::1"/, ['c=IN IP6 ff02::1', 't=0 0', 'm=audio 4000 RTP/AVP 0']],
];

for (const [missing, body] of NOTHING_IN_COMMON) {
  test(`MUST throw MEDIA_NOTHING_IN_COMMON that says ${missing.source}`, () => {
    const error = { code: 'MEDIA_NOTHING_IN_COMMON', message: missing };
    assert.throws(() => readAnswer(sdp(...body)), error);
    assert.throws(() => answerOffer(PARTY, sdp(...body)), error);
  });
}

for (const text of [
  '',
  'v=1\r\nm=audio 1 RTP/AVP 0',
  sdp(C, 't=0 0'),
  sdp('m=audio'),
  sdp('m=audio 70000 RTP/AVP 0'),
]) {
  test(`MUST throw MEDIA_SDP_MALFORMED for ${JSON.stringify(text)}`, () => {
    assert.throws(() => readAnswer(text), { code: 'MEDIA_SDP_MALFORMED' });
    assert.throws(() => answerOffer(PARTY, text), { code: 'MEDIA_SDP_MALFORMED' });
  });
}

const DIRECTIONS = [
  ['sendrecv', 'sendrecv'],
  ['sendonly', 'recvonly'],
  ['recvonly', 'sendonly'],
  ['inactive', 'inactive'],
] as const;

for (const [offered, answered] of DIRECTIONS) {
  test(`RFC 3264 §6.1: MUST answer ${offered} with ${answered}`, () => {
    const { description, agreement } = answerOffer(PARTY, sdp(...AUDIO, `a=${offered}`));
    assert.ok(lines(description).includes(`a=${answered}`));
    assert.equal(agreement.direction, answered);
  });
}

test('RFC 3264 §8.4: MUST answer a stream at 0.0.0.0 and send nothing to it', () => {
  const { description, agreement } = answerOffer(PARTY, sdp('c=IN IP4 0.0.0.0', 't=0 0', 'm=audio 4000 RTP/AVP 0'));
  assert.ok(lines(description).includes('a=recvonly'));
  assert.equal(agreement.remote, undefined);
});

test('RFC 3264 §6: MUST refuse streams by port 0 in their places, and repeat the t= line', () => {
  const offer = sdp(
    C,
    't=100 200',
    'm=video 5000 RTP/AVP 31 34',
    'm=audio 0 RTP/AVP 0',
    'm=audio 4000 RTP/AVP 18 8 96',
    'a=rtpmap:96 telephone-event/8000',
    'm=audio 6000 RTP/AVP 0',
    'm=application 9 UDP/BFCP *',
  );
  const { description } = answerOffer(PARTY, offer);
  assert.deepEqual(lines(description, 3).slice(1), [
    'o=- 4711 3 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    't=100 200',
    'm=video 0 RTP/AVP 31 34',
    'm=audio 0 RTP/AVP 0',
    'm=audio 20000 RTP/AVP 8 96',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:96 telephone-event/8000',
    'a=fmtp:96 0-15',
    'a=ptime:20',
    'a=sendrecv',
    'm=audio 0 RTP/AVP 0',
    'm=application 0 UDP/BFCP *',
    '',
  ]);
});

test('RFC 4585: MUST answer RTP/AVPF in kind', () => {
  const { description } = answerOffer(PARTY, sdp(C, 't=0 0', 'm=audio 4000 RTP/AVPF 0'));
  assert.ok(lines(description).includes('m=audio 20000 RTP/AVPF 0'));
});
