import assert from 'node:assert/strict';
import type { Destination, GroupCallRecord } from '@groupcall/engine';
import { SeededRandom } from '@groupcall/testkit';
import type { CalledPhone } from './world/called-phone.ts';
import { GroupCallWorld } from './world/group-call-world.ts';
import type { HandMadePhone } from './world/hand-made-phone.ts';
import { type DialledCall, Phone } from './world/phone.ts';
import { ELSEWHERE } from './world/story.ts';
import { WireWatch } from './world/wire-watch.ts';

/** What a phone does when it is called. */
const MANNERS = ['answers', 'answers with others', 'busy', 'rings only', 'silent', 'answers after CANCEL'] as const;
type Manner = (typeof MANNERS)[number];

/** Situations that must have been met by the seeds together, or they prove little. */
export const SITUATIONS = [
  'somebody won',
  'somebody talked',
  'nobody won',
  'the caller gave up while it rang',
  'an answer came too late',
  'an answer came after CANCEL',
  'a held CANCEL',
  'two answered at once',
  'a nested group won',
  'linear went past a first phone',
] as const;
export type Situation = (typeof SITUATIONS)[number];

/** Nothing lives longer, in s: six phones in turn, each with its ring time and 64*T1. */
const LIMIT_S = 900;

/** By then, in s, a BYE or CANCEL has come through the worst weather: it was sent eight times. */
const GRACE_S = 20;

/** Plays one group call in bad weather, and throws when an invariant does not hold. */
export class WeatherStory {
  readonly met = new Set<Situation>();
  readonly #random: SeededRandom;
  readonly #world: GroupCallWorld;
  readonly #watch: WireWatch;
  /** When those who answer together do it, in ms after they began to ring. */
  readonly #together: number;
  readonly #lines: string[] = [];
  /** What was asked of the API; each MUST be carried out. */
  readonly #orders: Promise<unknown>[] = [];
  /** For how long, in s, something has been so that may not stay so. */
  readonly #since = new Map<string, number>();
  #dialled: DialledCall | undefined;
  #hungUp = false;

  private constructor(seed: number, world: GroupCallWorld) {
    this.#random = new SeededRandom(seed * 7919);
    this.#world = world;
    this.#watch = new WireWatch(world);
    this.#together = world.clock.now() + this.#random.integer(5_500, 9_000);
  }

  /** @throws AssertionError, whose message tells the whole story. */
  static async play(seed: number): Promise<ReadonlySet<Situation>> {
    const story = new WeatherStory(
      seed,
      await GroupCallWorld.open({ seed, tick: seed % 2 === 0 ? 'apart' : 'together' }),
    );
    try {
      await story.#play();
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : ''}\n${story.#tell()}`, {
        cause: error,
      });
    }
    return story.met;
  }

  async #play(): Promise<void> {
    const random = this.#random;
    const world = this.#world;
    const [caller] = await world.registered('caller');
    const phones: CalledPhone[] = [];
    for (let index = random.integer(2, 6); index > 0; index--) phones.push(await this.#phone(`phone${phones.length}`));
    world.network.setConditions({
      delayMs: random.integer(1, 20),
      jitterMs: random.integer(0, 80),
      loss: 0.2,
      duplicates: 0.1,
    });
    await this.#start(caller!, phones);
    for (let seconds = 0; this.#isAlive && seconds < LIMIT_S; seconds++) {
      await world.run(1000);
      this.#expectToHaveHeard(phones);
    }
    assert.ok(!this.#isAlive, 'the group call does not end');
    await Promise.all(this.#orders);
    this.#judge(phones);
    await world.close({ ignored: 'any' });
  }

  get #isAlive(): boolean {
    const { engine, signaling } = this.#world;
    const { legs, callers } = signaling.live;
    return engine.live.groupCalls + legs + callers > 0 || this.#dialled?.isOver === false;
  }

  async #start(caller: Phone, phones: readonly CalledPhone[]): Promise<void> {
    const random = this.#random;
    const world = this.#world;
    const destinations = this.#group(phones);
    const ringMethod = random.chance(0.7) ? ('ring_all' as const) : ('linear' as const);
    const options = { ringTimeoutMs: random.integer(1000, 15_000), talkTimeoutMs: 120_000 };
    this.#note(`${ringMethod} ${JSON.stringify(options)}`);
    if (random.chance(0.4)) {
      const id = await world.ring(destinations, { ringMethod, options });
      const hangsUpAfter = random.chance(0.3) ? random.integer(0, 12_000) : random.integer(12_000, 40_000);
      this.#note(`hung up on request after ${hangsUpAfter} ms`);
      this.#later(hangsUpAfter, () => {
        this.#hungUp = true;
        this.#orders.push(world.engine.hangUpGroupCall(world.customer.customerId, id));
      });
      return;
    }
    const dialled = (this.#dialled = world.callGroup(caller, destinations, { ringMethod, options }));
    const givesUp = random.chance(0.5) ? random.integer(0, 12_000) : random.integer(12_000, 40_000);
    this.#note(`the caller gives up after ${givesUp} ms`);
    this.#later(givesUp, () => {
      dialled.giveUp();
    });
  }

  /** Now and then some of the phones are those of one person. */
  #group(phones: readonly CalledPhone[]): (CalledPhone | Destination)[] {
    if (!this.#random.chance(0.25)) return [...phones];
    const inner = this.#random.integer(1, phones.length);
    this.#note(`the first ${inner} are an agent's`);
    const ringMethod = this.#random.chance(0.5) ? 'ring_all' : 'linear';
    return [this.#world.agentOf(phones.slice(0, inner), ringMethod), ...phones.slice(inner)];
  }

  async #phone(name: string): Promise<CalledPhone> {
    const manner = this.#random.pick(MANNERS);
    this.#note(`${name} ${manner}`);
    if (manner === 'silent') return this.#world.handMade(name);
    if (manner === 'answers after CANCEL') return this.#stubborn(await this.#world.handMade(name));
    const [phone] = await this.#world.registered(name);
    this.#teach(phone!, manner);
    return phone!;
  }

  #stubborn(phone: HandMadePhone): HandMadePhone {
    const answersAfter = this.#random.integer(0, 5000);
    phone.cancelManners = 'only 200';
    phone.onCall = (call) => {
      call.respond(180);
      call.onCancelled = () => {
        this.#later(answersAfter, () => {
          this.met.add('an answer came after CANCEL');
          call.answer();
        });
      };
    };
    return phone;
  }

  #teach(phone: Phone, manner: Exclude<Manner, 'silent' | 'answers after CANCEL'>): void {
    const random = this.#random;
    const ringsAfter = random.integer(0, 800);
    const decidesAfter = ringsAfter + random.integer(0, 6000);
    const hangsUpAfter = random.chance(0.5) ? random.integer(0, 8000) : Infinity;
    const status = random.pick([404, 480, 486, 503, 600, 603]);
    phone.onCall = (call) => {
      this.#later(ringsAfter, () => {
        call.ring();
      });
      if (manner === 'rings only') return;
      const { clock } = this.#world;
      const at = manner === 'answers with others' ? Math.max(0, this.#together - clock.now()) : decidesAfter;
      this.#later(at, () => {
        if (manner === 'busy') {
          call.reject(status);
          return;
        }
        call.answer();
        if (hangsUpAfter < Infinity) {
          this.#later(hangsUpAfter, () => {
            call.hangUp();
          });
        }
      });
    };
  }

  /** Whoever ends the call, the others learn it. */
  #expectToHaveHeard(phones: readonly CalledPhone[]): void {
    const isUp = phones.some(({ calls }) => calls.some((call) => call.isUp));
    const isRinging = phones.some((phone) => phone instanceof Phone && phone.calls.some((call) => call.isRinging));
    const isOver = this.#hungUp || this.#dialled?.isOver === true;
    this.#passes('a phone rings or talks though all was ended', isOver && (isUp || isRinging));
    this.#passes('the caller talks to nobody', this.#dialled?.isUp === true && !isUp);
  }

  #passes(what: string, isSo: boolean): void {
    const seconds = isSo ? (this.#since.get(what) ?? 0) + 1 : 0;
    this.#since.set(what, seconds);
    assert.ok(seconds <= GRACE_S, what);
  }

  #judge(phones: readonly CalledPhone[]): void {
    const { store } = this.#world;
    const [root, ...others] = this.#world.roots;
    assert.equal(others.length, 0, 'one INVITE was taken for two');
    assert.ok(this.#dialled === undefined || !this.#dialled.isUp, 'the caller is left in a call');
    const events = phones.flatMap(({ calls }) => calls.flatMap((call) => call.events));
    // A caller who gave up before it had proved who it is never rang anybody.
    if (root === undefined) {
      assert.ok(this.#dialled !== undefined && events.length === 0);
      return;
    }
    assert.equal(root.status, 'hangup');
    if (root.answerCallId === undefined) {
      assert.ok(!events.some((event) => event.includes(ELSEWHERE)), 'told "elsewhere", and nobody won');
    }
    for (const sipCallId of this.#watch.talked) {
      const record = store.allCalls().find((call) => call.sipCallId === sipCallId);
      assert.equal(record?.id, root.answerCallId, 'somebody talked who had not won');
    }
    this.#compareReasons(phones);
    this.#count(root, events);
  }

  /** The record says of each phone what the phone was really told. */
  #compareReasons(phones: readonly CalledPhone[]): void {
    const legs = this.#world.store.allGroupCalls().flatMap((groupCall) => groupCall.legs);
    const calls = new Map(this.#world.store.allCalls().map((call) => [call.sipCallId, call.id]));
    for (const { sipCallId, events } of phones.flatMap((phone) => phone.calls)) {
      const leg = legs.find(({ callId }) => callId !== undefined && callId === calls.get(sipCallId));
      assert.ok(leg !== undefined, 'a phone was rung of whom no record tells');
      for (const event of events) {
        const [, reason] = /^(?:CANCEL|BYE) (.*)$/.exec(event) ?? [];
        if (reason !== undefined) assert.equal(reason, leg.reasonSent, 'the record tells of another Reason');
      }
    }
  }

  #count(root: GroupCallRecord, events: readonly string[]): void {
    const all = this.#world.store.allGroupCalls().flatMap(({ legs }) => legs);
    this.met.add(root.answerCallId === undefined ? 'nobody won' : 'somebody won');
    if (this.#watch.talked.size > 0) this.met.add('somebody talked');
    if (root.answerGroupcallId !== undefined) this.met.add('a nested group won');
    if (this.#dialled?.events.includes('487') === true) this.met.add('the caller gave up while it rang');
    if (all.some(({ why }) => why.startsWith('answered too late'))) this.met.add('an answer came too late');
    if (all.some(({ why, sipCode }) => why.startsWith('cancelled') && sipCode === 0)) this.met.add('a held CANCEL');
    if (all.some(({ why }) => / had answered (\d|[1-4]\d) ms earlier$/.test(why))) this.met.add('two answered at once');
    if (root.ringMethod === 'linear' && root.dialIndex > 0) this.met.add('linear went past a first phone');
    assert.ok(events.length > 0 || root.answerCallId === undefined);
  }

  #later(ms: number, what: () => void): void {
    this.#world.clock.setTimeout(ms, what);
  }

  #note(line: string): void {
    this.#lines.push(line);
  }

  #tell(): string {
    const calls = this.#world.phones.flatMap(({ name, calls }) =>
      calls.map(({ events }) => `${name}: ${events.join(', ')}`),
    );
    const legs = this.#world.store
      .allGroupCalls()
      .flatMap(({ status, legs }) => [`group call ${status}`, ...legs.map((leg) => `leg ${leg.status}: ${leg.why}`)]);
    const caller = this.#dialled === undefined ? [] : [`caller: ${this.#dialled.events.join(', ')}`];
    return [...this.#lines, ...caller, ...calls, ...legs].map((line) => `  ${line}`).join('\n');
  }
}
