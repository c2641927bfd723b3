import { type Clock, type Logger, silentLogger } from '@groupcall/kernel';
import { UserAgent, type UserAgentOptions } from '@groupcall/sip';
import { FakeClock } from '../fake-clock.ts';
import { SeededIdSource, SeededRandom } from '../seeded-random.ts';
import { type LinkConditions, VirtualNetwork } from '../virtual-network.ts';
import { RawPeer } from './raw-peer.ts';

export interface SipWorldOptions {
  /** Decides over ids, delays and losses. */
  readonly seed?: number;
  readonly conditions?: LinkConditions;
  readonly logger?: Logger;
}

/** Longer than anything RFC 3261 waits for after a call has ended, ms: 64*T1 twice, and some. */
const AFTERMATH_MS = 200_000;

/** User agents and hand-made peers on one virtual network and one fake clock. */
export class SipWorld {
  readonly clock = new FakeClock();
  readonly network: VirtualNetwork;
  readonly agents: UserAgent[] = [];
  readonly #seed: number;
  readonly #logger: Logger;

  constructor({ seed = 1, conditions = {}, logger = silentLogger }: SipWorldOptions = {}) {
    this.#seed = seed;
    this.#logger = logger;
    this.network = new VirtualNetwork(this.clock, new SeededRandom(seed), conditions);
  }

  /** A user agent that listens at `address`, port 5060, UDP (and what `options` say). */
  async agent(address: string, options: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
    const agent = new UserAgent({
      clock: this.clock satisfies Clock,
      ids: new SeededIdSource(this.#seed * 1000 + this.agents.length),
      logger: this.#logger,
      network: this.network,
      listen: [{ protocol: 'udp', address, port: 5060 }],
      userAgent: `test ${address}`,
      ...options,
    });
    this.agents.push(agent);
    await agent.start();
    return agent;
  }

  /** A peer that does what the test says and nothing else. */
  peer(address: string, port = 5060): Promise<RawPeer> {
    return RawPeer.open(this.network, this.clock, { address, port });
  }

  /** Lets `ms` pass, promises included. */
  async run(ms: number): Promise<void> {
    await this.runTo(this.clock.now() + ms);
  }

  async runTo(end: number): Promise<void> {
    await settle();
    for (let next = this.clock.nextAt; next !== undefined && next <= end; next = this.clock.nextAt) {
      this.clock.advanceTo(next);
      await settle();
    }
    this.clock.advanceTo(end);
  }

  /** Lets time pass until nothing waits any more. Throws when something still does after all that RFC 3261 waits for. */
  async runOut(limitMs = AFTERMATH_MS): Promise<void> {
    const end = this.clock.now() + limitMs;
    await settle();
    while (this.clock.pending > 0) {
      if ((this.clock.nextAt ?? 0) > end)
        throw new Error(`${this.clock.pending} timers still wait after ${limitMs} ms`);
      this.clock.step();
      await settle();
    }
  }

  async close(): Promise<void> {
    for (const agent of this.agents) await agent.close();
  }
}

/** Lets every promise that can go on do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
