import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CallerListener,
  CallId,
  Customer,
  CustomerId,
  Extension,
  IncomingCall,
  LegEnd,
  LegListener,
  PlaceLeg,
  Trunk,
} from '@groupcall/engine';
import { silentLogger } from '@groupcall/kernel';
import { OwnAudio } from '@groupcall/media';
import {
  DigestServer,
  ha1,
  type Listen,
  parseMessage,
  Registrar,
  SipRequest,
  type SipResponse,
  TransportError,
  UserAgent,
} from '@groupcall/sip';
import {
  FakeClock,
  SeededIdSource,
  SeededRandom,
  testAddress,
  testCallId,
  testCustomer,
  testCustomerId,
  testExtension,
  VirtualNetwork,
} from '@groupcall/testkit';
import type { RegistrationChange } from '../registrar-service.ts';
import { SipSignaling } from '../sip-signaling.ts';
import { TestPhone } from './test-phone.ts';

export const SERVER = '10.0.0.1';
export const PASSWORD = 'correct horse';

const LISTEN: readonly Listen[] = [
  { protocol: 'udp', address: SERVER, port: 5060 },
  { protocol: 'tcp', address: SERVER, port: 5060 },
];

/** What is kept of everything that ended, so that late packets meet no stranger: 64*T1 and the timers behind it. */
const AFTERMATH_MS = 120_000;

/** What the engine was told of one leg. `events` holds a line a report. */
export class RecordedLeg implements LegListener {
  readonly events: string[] = [];
  end: LegEnd | undefined;
  /** Called with each line, from within the report: what the engine would do at once. */
  react: (event: string) => void = () => undefined;

  placed(): void {
    this.#note('placed');
  }

  ringing(sipCode: number, earlyMedia: boolean): void {
    this.#note(`ringing ${sipCode}${earlyMedia ? ' early' : ''}`);
  }

  answered(): void {
    this.#note('answered');
  }

  released(reasonSent: string): void {
    this.#note(`released ${reasonSent}`);
  }

  ended(end: LegEnd): void {
    this.end = end;
    this.#note(`ended ${end.outcome} by ${end.by} ${end.sipCode}`);
  }

  #note(event: string): void {
    this.events.push(event);
    this.react(event);
  }
}

/** What the engine was told of one caller. */
export class RecordedCaller implements CallerListener {
  readonly events: string[] = [];
  readonly call: IncomingCall;
  react: (event: string) => void = () => undefined;

  constructor(call: IncomingCall) {
    this.call = call;
  }

  gone({ kind, by }: Parameters<CallerListener['gone']>[0]): void {
    this.#note(`gone ${kind} by ${by}`);
  }

  ended({ kind, by }: Parameters<CallerListener['ended']>[0]): void {
    this.#note(`ended ${kind} by ${by}`);
  }

  #note(event: string): void {
    this.events.push(event);
    this.react(event);
  }
}

/** The server's signaling on a network in memory, with phones around it and a scripted engine above it. */
export class SignalingWorld {
  readonly clock = new FakeClock();
  readonly network = new VirtualNetwork(this.clock, new SeededRandom(1));
  readonly ids = new SeededIdSource();
  readonly customer = testCustomer();
  readonly customers: Customer[] = [this.customer];
  readonly extensions: Extension[] = [];
  readonly trunks: Trunk[] = [];
  /** How trunks are found by their source; replaced by tests that hold the answer back. */
  trunkOf = (address: string, port: number): Promise<Trunk | undefined> =>
    Promise.resolve(
      this.trunks.find(({ sourceAddresses }) =>
        sourceAddresses.some((source) => source === address || source === `${address}:${port}`),
      ),
    );
  readonly registrar: Registrar;
  readonly userAgent: UserAgent;
  readonly media: OwnAudio;
  readonly signaling: SipSignaling;
  readonly callers: RecordedCaller[] = [];
  readonly registrations: RegistrationChange[] = [];
  readonly #phones: TestPhone[] = [];
  #attaches = true;
  #legs = 0;

  constructor(listen: readonly Listen[] = LISTEN) {
    const { clock, ids, network } = this;
    const logger = silentLogger;
    this.registrar = new Registrar({ clock, ids, logger });
    // No test asks the machine's own name server.
    const resolver = { resolve: () => Promise.reject(new TransportError('no such host')) };
    this.userAgent = new UserAgent({ clock, ids, logger, network, listen, resolver, userAgent: 'groupcall' });
    this.media = new OwnAudio({ clock, ids, logger, network, address: SERVER, ports: { min: 20_000, max: 20_099 } });
    this.signaling = new SipSignaling({
      clock,
      ids,
      logger,
      userAgent: this.userAgent,
      registrar: this.registrar,
      digest: new DigestServer({ clock, ids }),
      media: this.media,
      accounts: {
        customerByDomain: (domain) => Promise.resolve(this.customers.find((customer) => customer.domain === domain)),
        defaultCustomer: () => Promise.resolve(this.customer),
        extension: (customerId, username) => Promise.resolve(this.#extension(customerId, username)),
      },
      trunks: {
        trunk: (_customerId, id) => Promise.resolve(this.trunks.find((trunk) => trunk.id === id)),
        bySource: (address, port) => this.trunkOf(address, port),
      },
      muteLimits: { failures: 3 },
    });
    this.signaling.onIncoming = (call) => {
      this.#onIncoming(call);
    };
    this.signaling.onRegistration = (change) => this.registrations.push(change);
  }

  static async open(listen?: readonly Listen[]): Promise<SignalingWorld> {
    const world = new SignalingWorld(listen);
    await world.userAgent.start();
    return world;
  }

  /** The caller that called last. Throws when there is none. */
  get caller(): RecordedCaller {
    const caller = this.callers.at(-1);
    assert.ok(caller, 'nobody called');
    return caller;
  }

  /** From now on incoming calls are attached only when the test does it. */
  holdIncoming(): void {
    this.#attaches = false;
  }

  /** Makes an account of the customer. */
  account(name: string, members: Partial<Extension> = {}): Extension {
    const { domain } = this.customer;
    const extension = testExtension({
      extension: name,
      ha1Md5: ha1(name, domain, PASSWORD, 'MD5'),
      ha1Sha256: ha1(name, domain, PASSWORD, 'SHA-256'),
      ...members,
    });
    this.extensions.push(extension);
    return extension;
  }

  /** A phone with an address of its own, and an account of its name. */
  async phone(name: string, protocol: 'udp' | 'tcp' = 'udp'): Promise<TestPhone> {
    this.account(name);
    const phone = new TestPhone({
      clock: this.clock,
      ids: this.ids,
      logger: silentLogger,
      network: this.network,
      name,
      address: `10.0.0.${this.#phones.length + 11}`,
      server: { protocol, address: SERVER, port: 5060 },
      domain: this.customer.domain,
    });
    await phone.userAgent.start();
    this.#phones.push(phone);
    return phone;
  }

  /** Rings a phone as the next call; `caller` undefined: with the server's own audio. */
  place(phone: TestPhone, caller?: CallId, members: Partial<PlaceLeg> = {}): { leg: RecordedLeg; callId: CallId } {
    this.#legs += 1;
    const leg = new RecordedLeg();
    const callId = members.callId ?? testCallId(this.#legs);
    this.signaling.place({
      callId,
      customerId: testCustomerId(),
      domain: this.customer.domain,
      route: { kind: 'uri', uri: phone.uri },
      source: testAddress({ type: 'tel', target: '+15550100', name: 'Alice' }),
      anonymous: false,
      headers: {},
      listener: leg,
      ...(caller === undefined ? {} : { caller }),
      ...members,
    });
    return { leg, callId };
  }

  /** A caller whose INVITE was let in and rings nobody yet. */
  async incoming(phone: TestPhone, options: Parameters<TestPhone['dial']>[1] = {}) {
    const dialled = phone.dial('100', { credentials: { username: phone.name, password: PASSWORD }, ...options });
    await this.run(100);
    return { dialled, caller: this.caller, callerId: this.caller.call.callId };
  }

  /** Lets `ms` go by; whatever waits for a promise goes on before the clock moves. */
  async run(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await settle();
    while ((this.clock.nextAt ?? Infinity) <= until) {
      this.clock.step();
      await settle();
    }
    this.clock.advanceTo(until);
  }

  /** The SIP messages that left an address, in their order. */
  sentBy(address: string): (SipRequest | SipResponse)[] {
    return this.network.sent
      .filter(({ from, to }) => from.address === address && (from.port === 5060 || to.port === 5060))
      .map(({ data }) => parseMessage(data));
  }

  /** The requests of one method that left the server. */
  requests(method: string, from = SERVER): SipRequest[] {
    return this.sentBy(from).filter(
      (message) => message instanceof SipRequest && message.method === method,
    ) as SipRequest[];
  }

  /** Ends the world, which must be empty by then. */
  async close(): Promise<void> {
    await this.run(AFTERMATH_MS);
    assert.deepEqual(this.signaling.live, { legs: 0, callers: 0 }, 'calls are left');
    assert.equal(this.media.size, 0, 'media sessions are left');
    assert.equal(this.userAgent.dialogs, 0, 'dialogs are left');
    assert.equal(this.userAgent.counters.userAgent.userErrors, 0, 'a handler threw');
    for (const { userAgent } of this.#phones) await userAgent.close();
    await this.userAgent.close();
    await this.media.close();
    this.registrar.close();
    // What connections say to one another when they close is still on its way.
    await this.run(1000);
    assert.equal(this.clock.pending, 0, 'timers are left');
  }

  #extension(customerId: CustomerId, username: string): Extension | undefined {
    return this.extensions.find((extension) => extension.customerId === customerId && extension.username === username);
  }

  #onIncoming(call: IncomingCall): void {
    const caller = new RecordedCaller(call);
    this.callers.push(caller);
    if (this.#attaches) call.attach(caller);
  }
}

/** Lets everything that was resolved run on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('a world in which nothing happened MUST leave nothing behind', async () => {
  const world = await SignalingWorld.open();
  await world.phone('bob');
  await world.close();
});
