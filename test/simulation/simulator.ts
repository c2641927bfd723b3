import { SeededRandom } from '@groupcall/testkit';
import type { LegRoute } from '@groupcall/engine';
import {
  type Effect,
  type GroupCallTree,
  type Input,
  type TimerKey,
  timerKey,
  type Transition,
} from '../../packages/engine/src/internal.ts';
import { Coverage, type Situation } from './coverage.ts';
import { EventHeap } from './event-heap.ts';
import { Invariants } from './invariants.ts';
import { must } from './ledger.ts';
import type { Machine } from './machine.ts';
import { CALLER_ID, callId, groupId, makeScenario, phoneUri, type Scenario } from './scenario.ts';
import { SimulatedCaller } from './simulated-caller.ts';
import { SimulatedPhone } from './simulated-phone.ts';
import type { World } from './world.ts';

/** Told of everything, in order; for a log. */
export type Observer = (at: number, what: Input | Effect | string) => void;

/** What one seed was about. */
export interface SimulationResult {
  readonly steps: number;
  readonly legs: number;
  readonly situations: ReadonlySet<Situation>;
}

const STARTED_AT = 1_000_000;

/** Far more than any seed needs: a machine that goes in circles is caught. */
const MAX_STEPS = 20_000;

/**
 * Plays one group call with a made-up plan in a made-up world, to its end, and checks the invariants after every step.
 * The same seed gives the same run. Throws a Violation.
 */
export function simulate(seed: number, machine: Machine, observe?: Observer): SimulationResult {
  return new Simulation(seed, machine, observe).run();
}

class Simulation implements World {
  readonly random: SeededRandom;
  readonly #machine: Machine;
  readonly #observe: Observer | undefined;
  readonly #scenario: Scenario;
  readonly #heap = new EventHeap();
  readonly #timers = new Map<TimerKey, { stopped: boolean }>();
  readonly #phones = new Map<string, SimulatedPhone>();
  readonly #invariants: Invariants;
  readonly #coverage = new Coverage();
  readonly #caller: SimulatedCaller | undefined;
  #now = STARTED_AT;
  #steps = 0;
  #state: GroupCallTree;
  /** Inputs that came while another was being taken: the runner's queue. */
  readonly #queue: Input[] = [];
  #busy = false;

  constructor(seed: number, machine: Machine, observe: Observer | undefined) {
    this.random = new SeededRandom(seed);
    this.#machine = machine;
    this.#observe = observe;
    this.#scenario = makeScenario(this.random);
    const { plan, callerGivesUpMs } = this.#scenario;
    this.#invariants = new Invariants(machine, plan, this.#now);
    this.#caller = plan.master === undefined ? undefined : new SimulatedCaller(this, callerGivesUpMs);
    observe?.(this.#now, `plan ${JSON.stringify(plan, undefined, 1)}`);
    const first = machine.start(plan, this.#now);
    this.#state = first.state;
    this.#take(undefined, undefined, first);
    this.#scheduleOrders();
    if (this.#scenario.nonsense) this.#scheduleNonsense();
  }

  run(): SimulationResult {
    for (;;) {
      const { nextAt } = this.#heap;
      if (nextAt === undefined || this.#invariants.finished) break;
      this.#now = nextAt;
      this.#heap.take()?.();
    }
    for (const phone of this.#phones.values()) must(phone.over, `phone ${phone.callId} is alive at the end`);
    must(this.#caller?.over ?? true, 'the caller is alive at the end');
    must(this.#timers.size === 0, `timers run at the end: ${[...this.#timers.keys()].join(', ')}`);
    this.#invariants.checkEnd(this.#state);
    return {
      steps: this.#steps,
      legs: this.#state.legs.length,
      situations: this.#coverage.met,
    };
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, happen: () => void): void {
    const { quantumMs } = this.#scenario;
    const rounded = Math.ceil((this.#now + delayMs - STARTED_AT) / quantumMs) * quantumMs;
    this.#heap.push(STARTED_AT + rounded, this.random.next(), happen);
  }

  /** One at a time, as the serial queue of the runner does it. */
  feed(input: Input): void {
    this.#queue.push(input);
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    this.#busy = false;
  }

  #step(input: Input): void {
    if (this.#invariants.finished) return;
    must(++this.#steps < MAX_STEPS, 'the group call goes in circles');
    this.#observe?.(this.#now, input);
    const before = this.#state;
    const result = this.#machine.transition(before, input, this.#now);
    this.#state = result.state;
    this.#take(before, input, result);
  }

  #take(before: GroupCallTree | undefined, input: Input | undefined, result: Transition): void {
    if (result.ignored !== undefined) this.#observe?.(this.#now, `ignored: ${result.ignored}`);
    for (const effect of result.effects) this.#observe?.(this.#now, effect);
    this.#coverage.take(before, input, result.state, result.effects, this.#now);
    this.#invariants.check(before, input, result, this.#now);
    for (const effect of result.effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'prepare':
        this.#commit(effect.batch);
        break;
      case 'place':
        this.#phones.set(effect.leg.callId, new SimulatedPhone(effect, this));
        break;
      case 'cancel':
        this.#phones.get(effect.callId)?.cancel(effect.reason);
        break;
      case 'release':
        this.#phones.get(effect.callId)?.release(effect.reason);
        break;
      case 'connect':
        this.#scheduleEarlyEnd(effect.callId);
        this.#phones.get(effect.callId)?.connect();
        if (this.#caller?.connected === false) this.#caller.connect();
        break;
      case 'set-timer':
        this.#setTimer(effect.key, effect.delayMs);
        break;
      case 'clear-timer':
        this.#clearTimer(effect.key);
        break;
      case 'resolve-redirect':
        this.#resolve(effect);
        break;
      case 'caller-reject':
        this.#caller?.reject();
        break;
      case 'caller-release':
        this.#caller?.release();
        break;
      case 'caller-ringing':
      case 'caller-progress':
      case 'persist':
      case 'publish':
      case 'finished':
        break;
    }
  }

  /** Commits become durable in order; now and then the disk fails, and the runner ends the group call. */
  #commit(batch: number): void {
    const { commitMs } = this.#scenario;
    if (commitMs > 1000 && this.random.chance(0.02)) {
      this.after(commitMs, () => {
        this.feed({ type: 'hang-up', id: groupId(''), cause: 'failed' });
      });
      return;
    }
    this.after(this.random.integer(0, commitMs), () => {
      this.feed({ type: 'prepared', batch });
    });
  }

  #setTimer(key: TimerKey, delayMs: number): void {
    must(!this.#timers.has(key), `timer ${key} is set while it runs`);
    must(delayMs >= 0, `timer ${key} is set to ${delayMs} ms`);
    const timer = { stopped: false };
    this.#timers.set(key, timer);
    this.#heap.push(this.#now + delayMs, this.random.next(), () => {
      if (timer.stopped) return;
      this.#timers.delete(key);
      this.feed({ type: 'timer', key });
    });
  }

  #clearTimer(key: TimerKey): void {
    const timer = this.#timers.get(key);
    must(timer !== undefined, `timer ${key} is cleared and does not run`);
    timer.stopped = true;
    this.#timers.delete(key);
    // A timer may have fired already, and wait in the queue behind what stopped it.
    if (this.random.chance(0.02)) {
      this.after(0, () => {
        this.#feedStaleTimer(key);
      });
    }
  }

  #feedStaleTimer(key: TimerKey): void {
    if (!this.#timers.has(key)) this.feed({ type: 'timer', key });
  }

  #resolve({ callId: id, attempt, uri }: Extract<Effect, { type: 'resolve-redirect' }>): void {
    const { random } = this;
    this.after(random.integer(0, 100), () => {
      const refused = random.chance(0.2);
      const routes: LegRoute[] = refused ? [] : [{ kind: 'uri', uri }];
      if (!refused && random.chance(0.2)) routes.push({ kind: 'uri', uri: phoneUri(`spare-${random.integer(1, 30)}`) });
      this.feed({ type: 'redirect-resolved', callId: id, attempt, routes, why: refused ? 'it may not be rung' : '' });
    });
  }

  /** Hang-ups and deletes through the API, of anything in the tree. */
  #scheduleOrders(): void {
    const { random } = this;
    for (let count = 0; count < this.#scenario.orders; count++) {
      this.after(random.integer(0, random.pick([10, 2000, 40_000])), () => {
        const id = this.#anyId();
        const fate = random.next();
        if (fate < 0.3) this.feed({ type: 'delete', id });
        else this.feed({ type: 'hang-up', id, cause: fate < 0.35 ? 'shutdown' : 'hang-up' });
      });
    }
  }

  /** Now and then somebody hangs the winner up right after its answer. */
  #scheduleEarlyEnd(id: string): void {
    const { random } = this;
    if (!random.chance(0.1)) return;
    this.after(random.integer(0, random.pick([0, 1500])), () => {
      this.feed({ type: random.chance(0.7) ? 'hang-up' : 'delete', id, cause: 'hang-up' });
    });
  }

  #anyId(): string {
    const { random } = this;
    const { legs, groups } = this.#state;
    if (random.chance(0.25)) return groupId('');
    if (this.#caller !== undefined && random.chance(0.1)) return CALLER_ID;
    return random.chance(0.5) ? random.pick(legs).plan.callId : random.pick(groups).plan.id;
  }

  /** What no runner or phone should ever send. */
  #scheduleNonsense(): void {
    const { random } = this;
    for (let count = 0; count < 10; count++) {
      this.after(random.integer(0, 20_000), () => {
        if (this.#invariants.finished) return;
        const before = this.#state.ignored;
        this.feed(this.#nonsense());
        must(this.#state.ignored === before + 1, 'an input that makes no sense was taken');
      });
    }
  }

  #nonsense(): Input {
    const { random } = this;
    const phone = random.pick([undefined, ...this.#phones.values()]);
    if (phone !== undefined && (phone.over || phone.answered)) return this.#repeated(phone);
    const leg = random.pick(this.#state.legs);
    const stale = { callId: leg.plan.callId, attempt: leg.attempt + random.pick([-1, 1]) };
    const unknown = { callId: callId('nobody'), attempt: 1 };
    const detail = 'nonsense';
    return random.pick<Input>([
      { type: 'leg-answered', ...stale },
      { type: 'leg-answered', ...unknown },
      { type: 'leg-ringing', ...stale, sipCode: 180, earlyMedia: true },
      {
        type: 'leg-ended',
        ...stale,
        end: { by: 'remote', outcome: 'busy', sipCode: 486, detail, redirectTo: [], tryNextRoute: false },
      },
      { type: 'redirect-resolved', ...stale, routes: [], why: detail },
      { type: 'timer', key: timerKey('end', 'nobody') },
      { type: 'timer', key: timerKey('talk', groupId('')) },
      { type: 'timer', key: timerKey('total', leg.plan.callId) },
      { type: 'prepared', batch: this.#state.batch + 1 },
      { type: 'hang-up', id: 'nobody', cause: 'hang-up' },
      { type: 'delete', id: 'nobody' },
    ]);
  }

  /** What a phone that has answered, or is over, has said already. */
  #repeated({ callId: id, attempt, over }: SimulatedPhone): Input {
    const { random } = this;
    const of = { callId: id, attempt };
    const answered: Input = { type: 'leg-answered', ...of };
    if (!over) return answered;
    const end = {
      by: 'remote',
      outcome: 'failed',
      sipCode: 503,
      detail: '503',
      redirectTo: [],
      tryNextRoute: true,
    } as const;
    return random.pick<Input>([
      answered,
      { type: 'leg-placed', ...of, sipCallId: 'nonsense' },
      { type: 'leg-ringing', ...of, sipCode: 180, earlyMedia: true },
      { type: 'leg-released', ...of, reasonSent: 'nonsense' },
      { type: 'leg-ended', ...of, end },
    ]);
  }
}
