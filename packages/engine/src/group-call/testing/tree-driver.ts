import type { CallerEnd, LegEnd, LegRoute } from '../../ports/signaling-port.ts';
import type { CallRecord } from '../../records/call-record.ts';
import type { GroupCallRecord, LegRecord } from '../../records/group-call-record.ts';
import type { Effect, Place, Publish } from '../effect.ts';
import type { HangUpCause, Input } from '../input.ts';
import type { Plan } from '../plan.ts';
import { callRecord, groupCallRecord } from '../project.ts';
import { start } from '../start.ts';
import type { Transition } from '../step.ts';
import type { TimerKey } from '../timer-key.ts';
import { transition } from '../transition.ts';
import type { GroupCallTree, LegState } from '../tree.ts';
import { CALLER_ID, callId, groupId } from './plans.ts';

export interface TreeDriverOptions {
  /** False: the test itself says when a step is durable, by `prepared()`. */
  readonly durableAtOnce?: boolean;
}

/**
 * Runs one group call through the machine by hand: inputs by the path of a leg (`1`, `2.1`), effects as lines of text, and a
 * clock that fires the timers that were asked for.
 */
export class TreeDriver {
  readonly #durableAtOnce: boolean;
  readonly #timers = new Map<TimerKey, number>();
  #effects: Effect[] = [];
  #publishes: Publish[] = [];
  #last: Transition;
  #now = 1_000_000;

  constructor(plan: Plan, options: TreeDriverOptions = {}) {
    this.#durableAtOnce = options.durableAtOnce ?? true;
    this.#last = start(plan, this.#now);
    this.#carryOut();
  }

  get state(): GroupCallTree {
    return this.#last.state;
  }

  get now(): number {
    return this.#now;
  }

  /** Why the last input was ignored. */
  get ignored(): string | undefined {
    return this.#last.ignored;
  }

  /** The keys of the timers that run. */
  get timers(): readonly string[] {
    return [...this.#timers.keys()];
  }

  /** When a timer is due, in ms from now. */
  due(key: string): number | undefined {
    const at = this.#timers.get(key as TimerKey);
    return at === undefined ? undefined : at - this.#now;
  }

  /** Everything since the last call that goes over the wire, a line an effect: `place 1`, `cancel 2 elsewhere`. */
  wire(): string[] {
    const lines = this.#effects.flatMap((effect) => wireLine(effect) ?? []);
    this.#effects = [];
    return lines;
  }

  /** Every event since the last call: `call_hangup 1`, `groupcall_hangup root`, `call_ringing caller`. */
  events(): string[] {
    return this.publishes().map(({ event, subject }) => `${event} ${nameOf(subject.id)}`);
  }

  /** The events since the last call, with their subjects. */
  publishes(): Publish[] {
    const publishes = this.#publishes;
    this.#publishes = [];
    return publishes;
  }

  /** The `place` effects among those that {@link wire} would tell; they stay there. */
  places(): Place[] {
    return this.#effects.filter((effect) => effect.type === 'place');
  }

  group(path = ''): GroupCallRecord {
    const record = groupCallRecord(this.state, groupId(path));
    if (record === undefined) throw new Error(`no record of group ${path}`);
    return record;
  }

  hasGroup(path: string): boolean {
    return groupCallRecord(this.state, groupId(path)) !== undefined;
  }

  call(path: string): CallRecord {
    const record = callRecord(this.state, path === 'caller' ? CALLER_ID : callId(path));
    if (record === undefined) throw new Error(`no record of call ${path}`);
    return record;
  }

  hasCall(path: string): boolean {
    return callRecord(this.state, callId(path)) !== undefined;
  }

  /** The entry of a leg or nested group in the record of the group around it. */
  entry(path: string): LegRecord {
    const at = path.lastIndexOf('.');
    const around = this.group(at < 0 ? '' : path.slice(0, at));
    const entry = around.legs[Number(path.slice(at + 1)) - 1];
    if (entry === undefined) throw new Error(`no entry ${path}`);
    return entry;
  }

  feed(input: Input): this {
    this.#last = transition(this.state, input, this.#now);
    this.#carryOut();
    return this;
  }

  prepared(batch = this.state.batch): this {
    return this.feed({ type: 'prepared', batch });
  }

  placed(path: string, sipCallId = `${path}@us`): this {
    return this.feed({ type: 'leg-placed', ...this.#attempt(path), sipCallId });
  }

  ring(path: string, sipCode = 180, earlyMedia = false): this {
    return this.feed({ type: 'leg-ringing', ...this.#attempt(path), sipCode, earlyMedia });
  }

  answer(path: string): this {
    return this.feed({ type: 'leg-answered', ...this.#attempt(path) });
  }

  released(path: string, reasonSent: string): this {
    return this.feed({ type: 'leg-released', ...this.#attempt(path), reasonSent });
  }

  /** The leg ends; what is not given is as when the phone ends it itself, 487 for a cancelled one. */
  end(path: string, end: Partial<LegEnd> = {}): this {
    const cancelled = this.#leg(path).phase === 'canceling';
    const whole: LegEnd = {
      by: cancelled ? 'local' : 'remote',
      outcome: cancelled ? 'cancelled' : 'normal',
      sipCode: cancelled ? 487 : 0,
      detail: cancelled ? '487 Request Terminated' : 'BYE',
      redirectTo: [],
      tryNextRoute: false,
      ...end,
    };
    return this.feed({ type: 'leg-ended', ...this.#attempt(path), end: whole });
  }

  busy(path: string): this {
    return this.end(path, { by: 'remote', outcome: 'busy', sipCode: 486, detail: '486 Busy Here' });
  }

  /** The phone refuses with a code that is neither busy nor no answer. */
  refuse(path: string, sipCode: number, end: Partial<LegEnd> = {}): this {
    return this.end(path, { by: 'remote', outcome: 'failed', sipCode, detail: `${sipCode}`, ...end });
  }

  redirect(path: string, ...redirectTo: readonly string[]): this {
    const detail = '302 Moved Temporarily';
    return this.end(path, { by: 'remote', outcome: 'redirected', sipCode: 302, detail, redirectTo });
  }

  resolved(path: string, routes: readonly LegRoute[], why = ''): this {
    return this.feed({ type: 'redirect-resolved', ...this.#attempt(path), routes, why });
  }

  hangUp(id: string, cause: HangUpCause = 'hang-up'): this {
    return this.feed({ type: 'hang-up', id, cause });
  }

  delete(id: string): this {
    return this.feed({ type: 'delete', id });
  }

  callerGone(kind: CallerEnd['kind'] = 'cancel'): this {
    return this.feed({ type: 'caller-gone', end: { by: 'remote', kind, detail: `the caller's ${kind}` } });
  }

  callerEnded(kind: CallerEnd['kind'] = 'cancel'): this {
    return this.feed({ type: 'caller-ended', end: { by: 'remote', kind, detail: `the caller's ${kind}` } });
  }

  /** Moves the clock and fires what falls due, in order. */
  advance(ms: number): this {
    const until = this.#now + ms;
    for (;;) {
      let next: [TimerKey, number] | undefined;
      for (const timer of this.#timers)
        if (timer[1] <= until && (next === undefined || timer[1] < next[1])) next = timer;
      if (next === undefined) break;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1]);
      this.feed({ type: 'timer', key: next[0] });
    }
    this.#now = until;
    return this;
  }

  #carryOut(): void {
    freeze(this.#last.state);
    for (const effect of this.#last.effects) {
      this.#effects.push(effect);
      if (effect.type === 'publish') this.#publishes.push(effect);
      else if (effect.type === 'set-timer') this.#setTimer(effect.key, effect.delayMs);
      else if (effect.type === 'clear-timer') this.#clearTimer(effect.key);
    }
    if (this.#durableAtOnce && this.#last.effects.at(-1)?.type === 'prepare') this.prepared();
  }

  #setTimer(key: TimerKey, delayMs: number): void {
    if (this.#timers.has(key)) throw new Error(`timer ${key} runs already`);
    this.#timers.set(key, this.#now + delayMs);
  }

  #clearTimer(key: TimerKey): void {
    if (!this.#timers.delete(key)) throw new Error(`timer ${key} does not run`);
  }

  #leg(path: string): LegState {
    const index = this.state.legIndex.get(callId(path));
    const leg = index === undefined ? undefined : this.state.legs[index];
    if (leg === undefined) throw new Error(`no leg ${path}`);
    return leg;
  }

  #attempt(path: string): { readonly callId: LegState['plan']['callId']; readonly attempt: number } {
    return { callId: callId(path), attempt: this.#leg(path).attempt };
  }
}

/** Makes any later write to a state that was given out an error. */
function freeze(state: GroupCallTree): void {
  Object.freeze(state);
  for (const list of [state.groups, state.legs]) {
    Object.freeze(list);
    list.forEach(Object.freeze);
  }
  Object.freeze(state.caller);
}

function nameOf(id: string): string {
  return id === 'group' ? 'root' : id.replace(/^(call|group)-/, '');
}

/** An effect that leaves the machine for the wire, as text; undefined for any other. */
function wireLine(effect: Effect): string | undefined {
  switch (effect.type) {
    case 'place':
      return effect.attempt === 1 ? `place ${nameOf(effect.leg.callId)}` : `place ${nameOf(effect.leg.callId)} again`;
    case 'cancel':
    case 'release':
      return `${effect.type} ${nameOf(effect.callId)} ${effect.reason}`;
    case 'connect':
      return `connect ${nameOf(effect.callId)}${effect.caller === undefined ? '' : ' caller'}`;
    case 'resolve-redirect':
      return `resolve ${nameOf(effect.callId)} ${effect.uri}`;
    case 'caller-ringing':
      return 'caller-ringing';
    case 'caller-progress':
      return `caller-progress ${nameOf(effect.from)}`;
    case 'caller-reject':
      return `caller-reject ${effect.sipCode}`;
    case 'caller-release':
      return `caller-release ${effect.reason}`;
    case 'finished':
      return 'finished';
    case 'persist':
    case 'publish':
    case 'prepare':
    case 'set-timer':
    case 'clear-timer':
      return undefined;
  }
}
