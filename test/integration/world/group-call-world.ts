import assert from 'node:assert/strict';
import {
  type CustomerId,
  type Destination,
  type Group,
  type GroupCallId,
  type GroupCallOptionsInput,
  type GroupCallRecord,
  completeOptions,
  GroupCallEngine,
  type RingMethod,
  type Trunk,
} from '@groupcall/engine';
import { type LogFields, type Logger, toError } from '@groupcall/kernel';
import { OwnAudio } from '@groupcall/media';
import { SipSignaling } from '@groupcall/signaling';
import { AddressResolver, DigestServer, ha1, Registrar, type Target, UserAgent } from '@groupcall/sip';
import {
  FakeClock,
  type LinkConditions,
  MemoryCallStore,
  RawPeer,
  SeededIdSource,
  SeededRandom,
  testAddress,
  testCustomer,
  testExtension,
  testGroup,
  testNumberRoute,
  testTrunk,
  testUuid,
  VirtualNetwork,
} from '@groupcall/testkit';
import type { CalledPhone } from './called-phone.ts';
import { expectNothingLeft } from './nothing-left.ts';
import { HandMadePhone } from './hand-made-phone.ts';
import { type DialledCall, Phone } from './phone.ts';
import { WorldDirectory } from './world-directory.ts';

export const SERVER: Target = { protocol: 'udp', address: '10.0.0.1', port: 5060 };
/** What callers dial to reach the group of {@link GroupCallWorld.callGroup}. */
const GROUP_NUMBER = 'sales';
const PASSWORD = 'correct horse';
/** Milliseconds after which nothing may be left of what has ended: 64*T1 twice, and what linger behind them. */
const AFTERMATH_MS = 200_000;

export interface WorldOptions {
  readonly seed?: number;
  readonly conditions?: LinkConditions;
  /**
   * Whether what falls due at the same moment is handled in one go (`together`), or each with all that follows from it
   * before the next (`apart`), as datagrams are that the event loop delivers one by one. Default `apart`.
   */
  readonly tick?: 'together' | 'apart';
}

/** How a group is rung. */
export interface Ringing {
  readonly ringMethod?: RingMethod;
  readonly options?: GroupCallOptionsInput;
}

/** The server without its database and its REST: real engine, signaling, SIP and media, and phones around them. */
export class GroupCallWorld {
  readonly clock = new FakeClock();
  readonly network: VirtualNetwork;
  readonly store = new MemoryCallStore();
  readonly directory: WorldDirectory;
  readonly customer = testCustomer({ allowedPrefixes: ['+'] });
  readonly engine: GroupCallEngine;
  readonly signaling: SipSignaling;
  readonly userAgent: UserAgent;
  readonly media: OwnAudio;
  readonly registrar: Registrar;
  /** Phones of every kind, in the order in which they were made. */
  readonly phones: CalledPhone[] = [];
  /** Called after each moment in which something happened. */
  onMoment: () => void = () => undefined;
  readonly #seed: number;
  readonly #tick: 'together' | 'apart';
  /** Those of the phones. */
  readonly agents: UserAgent[] = [];
  readonly #peers: RawPeer[] = [];
  readonly #errors: string[] = [];
  #resources = 0;

  constructor({ seed = 1, conditions = {}, tick = 'apart' }: WorldOptions = {}) {
    this.#seed = seed;
    this.#tick = tick;
    const { clock, store } = this;
    const network = (this.network = new VirtualNetwork(clock, new SeededRandom(seed), conditions));
    const machine = { clock, network, ids: new SeededIdSource(seed), logger: this.#logger() };
    const registrar = (this.registrar = new Registrar(machine));
    const directory = (this.directory = new WorldDirectory(registrar));
    directory.customers.put(this.customer);
    const media = (this.media = new OwnAudio({
      ...machine,
      address: SERVER.address,
      ports: { min: 20_000, max: 20_999 },
    }));
    const userAgent = (this.userAgent = new UserAgent({
      ...machine,
      userAgent: 'Groupcall',
      listen: [SERVER],
      resolver: new AddressResolver({
        lookup: () => Promise.reject(new Error('no such host')),
        protocols: ['udp'],
        ipv6: false,
      }),
    }));
    const signaling = (this.signaling = new SipSignaling({
      ...machine,
      ...{ userAgent, registrar, media },
      digest: new DigestServer(machine),
      accounts: directory,
      trunks: directory,
    }));
    this.engine = new GroupCallEngine({ ...machine, store, directory, signaling });
    signaling.onIncoming = (call) => {
      this.engine.incoming(call);
    };
  }

  static async open(options: WorldOptions = {}): Promise<GroupCallWorld> {
    const world = new GroupCallWorld(options);
    await world.userAgent.start();
    return world;
  }

  /** Phones on the real stack, each with an account, registered. */
  async registered(...names: string[]): Promise<Phone[]> {
    const phones = await Promise.all(names.map((name) => this.unregistered(name)));
    const answers = Promise.all(phones.map((phone) => phone.register()));
    await this.run(5000);
    for (const { status } of await answers) assert.equal(status, 200, 'a phone could not register');
    return phones;
  }

  /** A phone with an account that has not registered. */
  async unregistered(name: string): Promise<Phone> {
    const { domain } = this.customer;
    this.directory.extensions.put(
      testExtension({
        extension: name,
        id: this.#resourceId(),
        ha1Md5: ha1(name, domain, PASSWORD, 'MD5'),
        ha1Sha256: ha1(name, domain, PASSWORD, 'SHA-256'),
      }),
    );
    return this.#phone(name);
  }

  /** One more phone of the same account, registered. */
  async secondPhone({ name }: Phone): Promise<Phone> {
    const phone = await this.#phone(name);
    const answer = phone.register();
    await this.run(5000);
    assert.equal((await answer).status, 200, 'a phone could not register');
    return phone;
  }

  /** A phone without a stack, reached by its URI. */
  async handMade(name: string): Promise<HandMadePhone> {
    const address = { address: this.#address(), port: 5060 };
    // Its place among the phones is taken before anything is awaited, and so is its address.
    const peer = await RawPeer.open(this.network, this.clock, address);
    const phone = new HandMadePhone(name, peer, this.clock);
    this.phones.push(phone);
    this.#peers.push(peer);
    return phone;
  }

  /** A trunk to the telephone network, played by `gateway`. */
  trunk(gateway: HandMadePhone, members: Partial<Trunk> = {}): Trunk {
    const { address: host, port } = gateway.peer.local;
    return this.directory.trunkStore.put(testTrunk({ id: this.#resourceId(), host, port, ...members }));
  }

  /** A person with several phones, as a destination. */
  agentOf(phones: readonly CalledPhone[], ringMethod: RingMethod = 'ring_all'): Destination {
    const id = this.#resourceId();
    const addresses = phones.map(({ destination }) => destination);
    this.directory.agents.put({ ...testGroup(), id, addresses, ringMethod });
    return testAddress({ type: 'agent', target: id });
  }

  /** Starts a group call as the API does, and lets its INVITEs leave. */
  async ring(who: readonly (CalledPhone | Destination)[], ringing: Ringing = {}): Promise<GroupCallId> {
    const { ringMethod, options } = ringing;
    const started = this.engine.startGroupCall({
      customerId: this.customer.customerId,
      source: testAddress({ type: 'tel', target: '+15550100' }),
      destinations: who.map(destinationOf),
      ringMethod,
      options,
    });
    await this.run(0);
    return (await started).id;
  }

  /** Lets a phone dial a number that is routed to a group of these. */
  callGroup(caller: Phone, who: readonly (CalledPhone | Destination)[], ringing: Ringing = {}): DialledCall {
    const { ringMethod = 'ring_all', options = {} } = ringing;
    const group: Group = testGroup({
      id: this.#resourceId(),
      destinations: who.map(destinationOf),
      ringMethod,
      options: completeOptions(options),
    });
    this.directory.groups.put(group);
    this.directory.numbers.put(testNumberRoute({ id: this.#resourceId(), number: GROUP_NUMBER, groupId: group.id }));
    return caller.dial(GROUP_NUMBER);
  }

  /** Lets `ms` go by, with everything that follows. */
  async run(ms: number): Promise<void> {
    const { clock } = this;
    const until = clock.now() + ms;
    await settle();
    for (let next = clock.nextAt; next !== undefined && next <= until; next = clock.nextAt) {
      if (this.#tick === 'together') clock.advanceTo(next);
      else clock.step();
      await settle();
      this.onMoment();
    }
    clock.advanceTo(until);
  }

  /** Group calls that are no part of another. */
  get roots(): readonly GroupCallRecord[] {
    return this.store.allGroupCalls().filter(({ id, rootId }) => id === rootId);
  }

  /** The only root. Throws when there is none, or more than one. */
  get root(): GroupCallRecord {
    const [root, another] = this.roots;
    if (root === undefined || another !== undefined) throw new Error(`there are ${this.roots.length} group calls`);
    return root;
  }

  /** Ends a group call as the API does. */
  async hangUp(id: GroupCallId = this.root.id): Promise<void> {
    const { customerId } = this.customer;
    const done = this.engine.hangUpGroupCall(customerId satisfies CustomerId, id);
    await this.run(0);
    await done;
  }

  /**
   * Waits until all is over, which leaves nothing behind, and closes.
   *
   * @param ignored how many reports the engine had no use for, as they came when their leg was over.
   */
  async close({ ignored = 0 }: { readonly ignored?: number | 'any' } = {}): Promise<void> {
    await this.run(AFTERMATH_MS);
    expectNothingLeft(this);
    assert.deepEqual(this.#errors, []);
    if (ignored !== 'any')
      assert.equal(this.engine.counters.ignored, ignored, 'reports that the engine had no use for');
    for (const agent of this.agents) await agent.close();
    for (const peer of this.#peers) await peer.close();
    await this.userAgent.close();
    await this.media.close();
    this.registrar.close();
    await this.run(1000);
    assert.equal(this.clock.pending, 0, 'timers are left');
  }

  async #phone(name: string): Promise<Phone> {
    const { clock, network } = this;
    const { domain } = this.customer;
    const address = this.#address();
    const ids = new SeededIdSource(this.#seed * 1000 + this.agents.length + 1);
    const phone = new Phone({ clock, network, ids, name, address, server: SERVER, domain, password: PASSWORD });
    this.phones.push(phone);
    this.agents.push(phone.userAgent);
    await phone.userAgent.start();
    return phone;
  }

  #address(): string {
    this.#resources += 1;
    return `10.1.${Math.floor(this.#resources / 250)}.${(this.#resources % 250) + 1}`;
  }

  #resourceId(): string {
    this.#resources += 1;
    return testUuid(0xf0, this.#resources);
  }

  #logger(): Logger {
    const nothing = (): void => undefined;
    const logger: Logger = {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: (fields: LogFields, message: string) => {
        this.#errors.push(`${message}: ${toError(fields['err']).stack ?? ''}`);
      },
      child: () => logger,
    };
    return logger;
  }
}

/** Lets everything that was resolved run on. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function destinationOf(who: CalledPhone | Destination): Destination {
  return 'destination' in who ? who.destination : who;
}
