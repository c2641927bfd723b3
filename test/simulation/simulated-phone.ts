import type { CallId, LegEnd, ReleaseReason } from '@groupcall/engine';
import type { Place } from '../../packages/engine/src/internal.ts';
import { phoneUri } from './scenario.ts';
import { roundTrip, TIMER_B_MS, type World } from './world.ts';

/** What a phone does when it is called, if nothing comes between. */
type Habit = 'answer' | 'ring' | 'refuse' | 'redirect' | 'silent' | 'unreachable';

const HABITS: readonly Habit[] = [
  ...(['answer', 'answer', 'answer', 'answer', 'answer', 'answer', 'ring', 'ring'] as const),
  ...(['refuse', 'refuse', 'refuse', 'refuse', 'refuse', 'redirect', 'redirect', 'silent', 'unreachable'] as const),
];

const REFUSALS: readonly (readonly [LegEnd['outcome'], number])[] = [
  ['busy', 486],
  ['busy', 486],
  ['busy', 603],
  ['noanswer', 480],
  ['noanswer', 408],
  ['noanswer', 487],
  ['failed', 404],
  ['failed', 503],
  ['failed', 500],
  ['failed', 401],
];

type PhonePhase = 'calling' | 'provisional' | 'answered' | 'over';

/**
 * One attempt to reach one phone, as signaling and the phone play it: an INVITE, a CANCEL that waits for the first 1xx, 200s
 * that cross it, phones that fall silent, BYEs from both sides. It reports as the port promises: placed, ringing, answered
 * at most once, released when a CANCEL or BYE leaves, and ended once, last.
 */
export class SimulatedPhone {
  readonly callId: CallId;
  readonly attempt: number;
  readonly #world: World;
  readonly #redirected: boolean;
  #phase: PhonePhase = 'calling';
  #cancelWanted = false;
  #released = false;
  /** It got the CANCEL, and will not answer any more. */
  #stopped = false;
  /** Nothing comes from it any more. */
  #lost = false;
  #talking = false;

  constructor(place: Place, world: World) {
    this.callId = place.leg.callId;
    this.attempt = place.attempt;
    this.#world = world;
    this.#redirected = place.leg.route.kind === 'uri';
    world.after(0, () => {
      this.#begin();
    });
  }

  get over(): boolean {
    return this.#phase === 'over';
  }

  get answered(): boolean {
    return this.#phase === 'answered';
  }

  /** Somebody is on this phone. */
  get talking(): boolean {
    return this.#talking;
  }

  cancel(reason: ReleaseReason): void {
    if (this.#phase === 'over' || this.answered) return;
    this.#cancelWanted = true;
    if (this.#phase === 'provisional') this.#sendCancel(reason);
  }

  release(reason: ReleaseReason): void {
    if (!this.answered || this.#released) return;
    this.#released = true;
    this.#talking = false;
    this.#world.after(0, () => {
      if (this.over) return;
      this.#report({ type: 'leg-released', reasonSent: reason });
      const delayMs = this.#lost ? TIMER_B_MS : roundTrip(this.#world.random);
      this.#endAfter(delayMs, { by: 'local', outcome: 'normal', sipCode: 0 });
    });
  }

  /** It is joined with the other side. It may hang up of itself, soon or late, or never. */
  connect(): void {
    this.#talking = true;
    const { random } = this.#world;
    if (random.chance(0.25)) return;
    const talkMs = random.chance(0.3) ? random.integer(0, 1500) : random.integer(0, 90_000);
    this.#world.after(talkMs, () => {
      if (this.over || this.#lost) return;
      const failed = random.chance(0.1);
      this.#end({ by: 'remote', outcome: failed ? 'failed' : 'normal', sipCode: 0 });
    });
  }

  #begin(): void {
    const { random } = this.#world;
    this.#report({ type: 'leg-placed', sipCallId: `${this.callId}-${this.attempt}` });
    // Where there is one redirection there are often more.
    const habit = this.#redirected && random.chance(0.5) ? 'redirect' : random.pick(HABITS);
    if (random.chance(0.04)) this.#world.after(random.integer(0, 20_000), () => (this.#lost = true));
    if (habit === 'unreachable') {
      this.#endAfter(random.integer(0, 50), { by: 'local', outcome: 'failed', sipCode: 0, tryNextRoute: true });
    } else if (habit === 'silent') {
      this.#endAfter(TIMER_B_MS, { by: 'local', outcome: 'failed', sipCode: 0, tryNextRoute: true });
    } else {
      this.#world.after(roundTrip(random), () => {
        this.#provisional(habit);
      });
    }
  }

  /** The first 1xx: from here on a CANCEL may leave (RFC 3261 §9.1). */
  #provisional(habit: Habit): void {
    if (this.over) return;
    if (this.#lost) {
      this.#endAfter(TIMER_B_MS, { by: 'local', outcome: 'failed', sipCode: 0, tryNextRoute: true });
      return;
    }
    const { random } = this.#world;
    this.#phase = 'provisional';
    if (this.#cancelWanted) this.#sendCancel('elsewhere');
    if (random.chance(0.8)) {
      this.#world.after(random.integer(0, random.pick([100, 3000])), () => {
        this.#ring();
      });
    }
    if (habit === 'ring') return;
    this.#world.after(random.integer(0, random.pick([500, 4000, 40_000])), () => {
      this.#decide(habit);
    });
  }

  #ring(): void {
    if (this.#phase !== 'provisional' || this.#lost || this.#stopped) return;
    const { random } = this.#world;
    this.#report({ type: 'leg-ringing', sipCode: 180, earlyMedia: random.chance(0.3) });
    if (random.chance(0.3)) {
      this.#world.after(random.integer(0, 2000), () => {
        this.#ring();
      });
    }
  }

  #decide(habit: Habit): void {
    if (this.#phase !== 'provisional' || this.#lost || this.#stopped) return;
    if (habit === 'answer') {
      this.#phase = 'answered';
      this.#report({ type: 'leg-answered' });
    } else if (habit === 'redirect') {
      this.#end({ by: 'remote', outcome: 'redirected', sipCode: 302, redirectTo: this.#targets() });
    } else {
      const [outcome, sipCode] = this.#world.random.pick(REFUSALS);
      this.#end({ by: 'remote', outcome, sipCode, tryNextRoute: sipCode >= 500 && sipCode < 600 });
    }
  }

  #sendCancel(reason: ReleaseReason): void {
    const { random } = this.#world;
    this.#world.after(0, () => {
      if (this.over || this.answered) return;
      this.#report({ type: 'leg-released', reasonSent: reason });
      const there = roundTrip(random);
      this.#world.after(there, () => {
        this.#receiveCancel();
      });
      // The phone may be lost at any time, and a CANCEL without a 487 is given up after 64*T1.
      this.#world.after(TIMER_B_MS, () => {
        if (!this.over && !this.answered) this.#end({ by: 'local', outcome: 'cancelled', sipCode: 0 });
      });
    });
  }

  #receiveCancel(): void {
    if (this.over || this.answered || this.#lost) return;
    this.#stopped = true;
    // Now and then a 200 was on its way already.
    const { random } = this.#world;
    if (random.chance(0.2)) {
      this.#phase = 'answered';
      this.#report({ type: 'leg-answered' });
    } else {
      this.#endAfter(roundTrip(random), { by: 'local', outcome: 'cancelled', sipCode: 487 });
    }
  }

  #targets(): string[] {
    const { random } = this.#world;
    const count = random.chance(0.1) ? 0 : random.integer(1, 3);
    return Array.from({ length: count }, () =>
      random.chance(0.15) ? phoneUri(`${random.integer(1, 4)}`) : `sip:elsewhere-${random.integer(1, 200)}@phones.test`,
    );
  }

  #endAfter(delayMs: number, end: Partial<LegEnd>): void {
    this.#world.after(delayMs, () => {
      if (!this.over) this.#end(end);
    });
  }

  #end(end: Partial<LegEnd>): void {
    this.#phase = 'over';
    this.#talking = false;
    const { by = 'remote', outcome = 'failed', sipCode = 0, redirectTo = [], tryNextRoute = false } = end;
    const detail = sipCode === 0 ? 'no reply' : `${sipCode}`;
    this.#report({ type: 'leg-ended', end: { by, outcome, sipCode, detail, redirectTo, tryNextRoute } });
  }

  #report(report: Report): void {
    this.#world.feed({ callId: this.callId, attempt: this.attempt, ...report });
  }
}

type Report =
  | { readonly type: 'leg-placed'; readonly sipCallId: string }
  | { readonly type: 'leg-ringing'; readonly sipCode: number; readonly earlyMedia: boolean }
  | { readonly type: 'leg-answered' }
  | { readonly type: 'leg-released'; readonly reasonSent: string }
  | { readonly type: 'leg-ended'; readonly end: LegEnd };
