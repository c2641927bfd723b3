/**
 * What the transaction layer costs: INVITE client and server transaction pairs (INVITE, 180, 200 or 486, ACK) a second on one
 * core, over a network in memory, messages written and parsed. Ended transactions wait for timers D, I, L and M as they do
 * in service. Run it with `node bench/sip-transaction.ts [seconds a measurement]`.
 */
import { performance } from 'node:perf_hooks';
import { CryptoIdSource, type DatagramHandlers, NodeNetwork, silentLogger, SystemClock } from '@groupcall/kernel';
import { SipRequest, SipResponse, TransactionLayer, TransportLayer } from '@groupcall/sip';

const HOST = '127.0.0.1';
const NEAR = 5060;
const FAR = 5070;
const LIMITS = { maxClientTransactions: 2_000_000, maxServerTransactions: 2_000_000 };
const TARGET = { protocol: 'udp', address: HOST, port: FAR } as const;

const seconds = Math.min(Number(process.argv[2] ?? 2), 5);
const clock = new SystemClock();
const ids = new CryptoIdSource();

/** Datagrams arrive in order, once, when {@link deliver} is called. */
class MemoryNetwork extends NodeNetwork {
  readonly #sockets = new Map<number, DatagramHandlers>();
  #queue: (() => void)[] = [];

  override bindDatagram(...[{ address, port }, handlers]: Parameters<NodeNetwork['bindDatagram']>) {
    this.#sockets.set(port, handlers);
    const local = { address, port };
    return Promise.resolve({
      local,
      send: (data: Uint8Array, to: { readonly port: number }) => {
        this.#queue.push(() => this.#sockets.get(to.port)?.onDatagram(Buffer.from(data), local));
      },
      close: () => Promise.resolve(),
    });
  }

  deliver(): void {
    while (this.#queue.length > 0) {
      const queue = this.#queue;
      this.#queue = [];
      for (const arrive of queue) arrive();
    }
  }
}

async function endpoint(network: MemoryNetwork, port: number) {
  const listen = [{ protocol: 'udp', address: HOST, port }] as const;
  const transport = new TransportLayer({ clock, ids, logger: silentLogger, network, listen });
  const layer = new TransactionLayer({ clock, ids, logger: silentLogger, transport, limits: LIMITS });
  await transport.start();
  return { layer, transport };
}

function invite(method: 'INVITE' | 'ACK', callId: string): SipRequest {
  return SipRequest.create({
    method,
    uri: `sip:b@${HOST}:${FAR}`,
    headers: [
      ['Max-Forwards', '70'],
      ['From', '<sip:a@example.com>;tag=near'],
      ['To', '<sip:b@example.com>'],
      ['Call-ID', callId],
      ['CSeq', `1 ${method}`],
    ],
  });
}

async function measure(status: number): Promise<void> {
  const network = new MemoryNetwork();
  const near = await endpoint(network, NEAR);
  const far = await endpoint(network, FAR);
  far.layer.onRequest = (transaction, request) => {
    transaction.respond(SipResponse.replyTo(request, 180, undefined, { toTag: 'far' }));
    transaction.respond(SipResponse.replyTo(request, status, undefined, { toTag: 'far' }));
  };
  let pairs = 0;
  let answered = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  while (performance.now() < endsAt) {
    const callId = `${pairs++}@near`;
    near.layer.request(invite('INVITE', callId), TARGET, {
      onResponse: (response) => {
        if (response.status < 200) return;
        answered++;
        if (response.status < 300) near.layer.sendAck(invite('ACK', callId), TARGET);
      },
      onTimeout: () => undefined,
      onTransportError: () => undefined,
    });
    network.deliver();
    // Timers are due now and then, as in service.
    if (pairs % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const elapsedMs = performance.now() - startedAt;
  for (const { layer, transport } of [near, far]) {
    layer.close();
    await transport.close();
  }
  if (answered !== pairs) throw new Error(`${pairs - answered} of ${pairs} were not answered`);
  const each = ((elapsedMs * 1000) / pairs).toFixed(1);
  console.log(`INVITE 180 ${status} ACK: ${Math.round((pairs * 1000) / elapsedMs)} pairs/s, ${each} µs each`);
}

await measure(200);
await measure(486);
