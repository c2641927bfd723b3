/**
 * What the SIP parser costs: messages a second on one core, on an INVITE of about 900 bytes and a 200 OK of about 400.
 * Run it with `node bench/sip-parser.ts [seconds a measurement]`.
 */
import { parseMessage, SipRequest, SipResponse, validateMessage } from '@groupcall/sip';

const INVITE = message(
  'INVITE sip:+493012345678@groupcall.example.com;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.45:5060;branch=z9hG4bK776asdhds8f2a;rport',
  'Max-Forwards: 70',
  'From: "Alice Example" <sip:alice@groupcall.example.com>;tag=1928301774a73c9',
  'To: <sip:+493012345678@groupcall.example.com;user=phone>',
  'Call-ID: a84b4c76e66710a9b8c7d6e5f4a3b2c1@192.0.2.45',
  'CSeq: 314159 INVITE',
  'Contact: <sip:alice@192.0.2.45:5060;transport=udp>;+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"',
  'User-Agent: Example Phone 4.2.1',
  'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK',
  'Supported: replaces, 100rel, timer',
  'Content-Type: application/sdp',
  'Content-Length: 207',
  '',
  'v=0',
  'o=alice 2890844526 2890844526 IN IP4 192.0.2.45',
  's=-',
  'c=IN IP4 192.0.2.45',
  't=0 0',
  'm=audio 49170 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendrecv',
);

const OK = message(
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP 192.0.2.45:5060;branch=z9hG4bK776asdhds8f2a;rport=5060;received=192.0.2.45',
  'From: "Alice Example" <sip:alice@groupcall.example.com>;tag=1928301774a73c9',
  'To: <sip:bob@groupcall.example.com>;tag=8f3a1c22b9',
  'Call-ID: a84b4c76e66710a9b8c7d6e5f4a3b2c1@192.0.2.45',
  'CSeq: 314159 INVITE',
  'Contact: <sip:bob@192.0.2.77:5060>',
  'Content-Length: 0',
  '',
  '',
);

function message(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'));
}

/** Keeps results in use, so that no work can be left out. */
let sink = 0;

function readSix(parsed: SipRequest | SipResponse): void {
  sink += parsed.via.branch.length;
  sink += parsed.from.uri.host.length + (parsed.from.tag?.length ?? 0);
  sink += parsed.to.uri.host.length;
  sink += parsed.callId.length;
  sink += parsed.cseq.number;
  sink += parsed.contacts[0]?.uri.host.length ?? 0;
}

const STEPS: readonly (readonly [name: string, run: (data: Buffer) => void])[] = [
  [
    'split into lines',
    (data) => {
      sink += parseMessage(data).body.length;
    },
  ],
  [
    'and six headers read',
    (data) => {
      readSix(parseMessage(data));
    },
  ],
  [
    'and validated',
    (data) => {
      const parsed = parseMessage(data);
      validateMessage(parsed);
      readSix(parsed);
    },
  ],
];

const REPLY: readonly [string, (data: Buffer) => void] = [
  'validated, 200 OK built, written',
  (data) => {
    const parsed = parseMessage(data);
    validateMessage(parsed);
    if (!(parsed instanceof SipRequest)) return;
    const response = SipResponse.replyTo(parsed, 200, 'OK', {
      toTag: 'f4a3b2c1d0e9',
      headers: [['Contact', '<sip:groupcall@192.0.2.1:5060>']],
    });
    sink += response.toBuffer().length;
  },
];

/** Milliseconds of the processor that this thread has used. */
function threadTimeMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Messages a second of one core's time, whatever else runs on the machine: the best of five rounds. */
function measure(run: (data: Buffer) => void, data: Buffer, seconds: number): number {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const started = threadTimeMs();
    let elapsed = 0;
    let count = 0;
    while (elapsed < (seconds * 1000) / 5) {
      for (let index = 0; index < 500; index++) run(data);
      count += 500;
      elapsed = threadTimeMs() - started;
    }
    best = Math.max(best, (count / elapsed) * 1000);
  }
  return best;
}

const seconds = Number(process.argv[2] ?? 2);
for (const [name, data, steps] of [
  ['INVITE', INVITE, [...STEPS, REPLY]],
  ['200 OK', OK, STEPS],
] as const) {
  console.log(`${name}, ${data.length} bytes`);
  for (const [step, run] of steps) {
    measure(run, data, 0.5);
    console.log(
      `  ${step.padEnd(34)} ${Math.round(measure(run, data, seconds))
        .toLocaleString('en')
        .padStart(10)}/s`,
    );
  }
}
if (sink === 0) throw new Error('nothing was parsed');
