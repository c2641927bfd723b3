import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@groupcall/kernel';
import { SipRequest, SipResponse, TransactionLayer, TransportLayer } from '@groupcall/sip';
import { FakeClock, SeededIdSource, SeededRandom, VirtualNetwork } from '@groupcall/testkit';

const SEEDS = 200;
const REQUESTS_A_SEED = 10;
const STORM = { delayMs: 5, jitterMs: 80, loss: 0.2, duplicates: 0.1 };

async function endpoint(clock: FakeClock, network: VirtualNetwork, seed: number, port: number) {
  const ids = new SeededIdSource(seed);
  const listen = [{ protocol: 'udp', address: '192.0.2.1', port }] as const;
  const transport = new TransportLayer({ clock, ids, logger: silentLogger, network, listen });
  const layer = new TransactionLayer({ clock, ids, logger: silentLogger, transport });
  await transport.start();
  return { layer, transport };
}

/** Every request of one seed: how often the other side's user was told of it, and what came back. */
async function storm(seed: number): Promise<void> {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const network = new VirtualNetwork(clock, random, STORM);
  const near = await endpoint(clock, network, seed, 5060);
  const far = await endpoint(clock, network, seed + 1_000_000, 5070);
  const arrived = new Map<string, number>();
  const outcomes: string[] = [];
  let ended = 0;
  let serversEnded = 0;
  far.layer.onRequest = (transaction, request) => {
    arrived.set(request.callId, (arrived.get(request.callId) ?? 0) + 1);
    transaction.onTerminated = () => serversEnded++;
    const status = request.method === 'INVITE' ? 486 : 200;
    clock.setTimeout(random.integer(0, 800), () => {
      transaction.respond(SipResponse.replyTo(request, status, undefined, { toTag: 'far' }));
    });
  };
  for (let count = 0; count < REQUESTS_A_SEED; count++) {
    const method = count % 2 === 0 ? 'INVITE' : 'OPTIONS';
    const headers = [
      ['Max-Forwards', '70'],
      ['From', '<sip:a@example.com>;tag=near'],
      ['To', '<sip:b@example.com>'],
      ['Call-ID', `${count}@near`],
      ['CSeq', `1 ${method}`],
    ] as const;
    const request = SipRequest.create({ method, uri: 'sip:b@192.0.2.1:5070', headers });
    near.layer.request(
      request,
      { protocol: 'udp', address: '192.0.2.1', port: 5070 },
      {
        onResponse: ({ status }) => {
          if (status >= 200) outcomes.push(String(status));
        },
        onTimeout: () => outcomes.push('timeout'),
        onTransportError: () => outcomes.push('transport-error'),
        onTerminated: () => ended++,
      },
    );
  }
  clock.advance(300_000);
  assert.deepEqual([...arrived.values()], new Array<number>(REQUESTS_A_SEED).fill(1));
  assert.deepEqual(outcomes.sort(), ['200', '200', '200', '200', '200', '486', '486', '486', '486', '486']);
  assert.deepEqual([ended, serversEnded], [REQUESTS_A_SEED, REQUESTS_A_SEED]);
  for (const { layer } of [near, far]) assert.partialDeepStrictEqual(layer.sizes, { clients: 0, servers: 0 });
  assert.equal(clock.pending, 0);
}

test(`MUST bring each request to the user exactly once and end every transaction, in ${SEEDS} storms`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await storm(seed);
    } catch (error) {
      throw new Error(`seed ${seed} failed`, { cause: error });
    }
  }
});
