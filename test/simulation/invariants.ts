import {
  type Effect,
  type GroupCallTree,
  type Input,
  type Persist,
  type Plan,
  type Publish,
  type Transition,
} from '../../packages/engine/src/internal.ts';
import { CallerInvariants } from './caller-invariants.ts';
import { checkOver, EventInvariants } from './event-invariants.ts';
import { checkFinalRecords } from './final-records.ts';
import { must } from './ledger.ts';
import type { Machine } from './machine.ts';
import { Notes } from './notes.ts';
import { checkCallStatus, checkGroupRecord } from './record-invariants.ts';
import { checkStep } from './step-invariants.ts';
import { WireInvariants } from './wire-invariants.ts';

/** What always holds, checked after every step. Every check throws a Violation. */
export class Invariants {
  readonly #machine: Machine;
  readonly #notes: Notes;
  readonly #wire: WireInvariants;
  readonly #events: EventInvariants;
  readonly #caller: CallerInvariants;

  /** @param startedAt ms since the epoch. */
  constructor(machine: Machine, plan: Plan, startedAt: number) {
    this.#machine = machine;
    this.#notes = new Notes(plan, startedAt);
    this.#wire = new WireInvariants(this.#notes);
    this.#events = new EventInvariants(this.#notes);
    this.#caller = new CallerInvariants(plan, this.#notes.ledger);
  }

  get finished(): boolean {
    return this.#notes.finished;
  }

  /** @param before and `input` are undefined for the start. */
  check(before: GroupCallTree | undefined, input: Input | undefined, result: Transition, now: number): void {
    if (before !== undefined && result.ignored !== undefined) {
      checkIgnored(before, result);
      return;
    }
    const { state, effects } = result;
    must(state.ignored === (before?.ignored ?? 0), 'an input that was taken is counted as ignored');
    this.#events.beginStep();
    if (input !== undefined) this.#takeInput(input);
    this.#notes.takeWinnerEnd(input, state, now);
    for (const effect of effects) this.#takeEffect(effect, input, now);
    this.#checkPersist(before, result);
    checkStep(this.#notes, state, now);
    this.#caller.checkStep(this.#notes.winner, state);
  }

  /** After the last step, when nothing is left to happen. */
  checkEnd(state: GroupCallTree): void {
    must(this.finished, 'nothing is left to happen, and the group call is not finished');
    checkFinalRecords(this.#machine, state, this.#notes);
  }

  #takeInput(input: Input): void {
    this.#notes.takeInput(input);
    if (input.type !== 'caller-gone' && input.type !== 'caller-ended') return;
    if (this.#caller.takeGone(input.type === 'caller-ended')) this.#notes.over = true;
  }

  #takeEffect(effect: Effect, input: Input | undefined, now: number): void {
    const notes = this.#notes;
    switch (effect.type) {
      case 'place':
        this.#wire.takePlace(effect, input, now);
        break;
      case 'cancel':
        this.#wire.takeCancel(notes.leg(effect.callId), effect.reason, input);
        break;
      case 'release':
        this.#wire.takeRelease(notes.leg(effect.callId), effect.reason, input);
        break;
      case 'connect':
        this.#wire.takeConnect(notes.leg(effect.callId), input, now);
        this.#caller.takeConnect();
        break;
      case 'publish':
        this.#takeEvent(effect, input, now);
        break;
      case 'prepare':
        this.#events.takePrepare(effect.batch);
        break;
      case 'resolve-redirect':
        this.#wire.takeLookup(notes.leg(effect.callId));
        break;
      case 'finished':
        must(!notes.finished && this.#caller.over, 'finished twice, or before the caller’s end');
        notes.finished = true;
        checkOver(notes.ledger.root);
        break;
      case 'caller-ringing':
      case 'caller-progress':
      case 'caller-reject':
      case 'caller-release':
        this.#caller.takeEffect(effect, notes.winner);
        break;
      case 'persist':
      case 'set-timer':
      case 'clear-timer':
        break;
    }
  }

  #takeEvent({ event, subject }: Publish, input: Input | undefined, now: number): void {
    if ('destinations' in subject) this.#events.takeGroupEvent(event, subject, now);
    else if (subject.direction === 'incoming') this.#caller.takeEvent(event, subject);
    else this.#events.takeCallEvent(event, subject, input, now);
  }

  /** Every record that changed is written, and can be; a leg or nested group shows in the record of the group around it, too. */
  #checkPersist(before: GroupCallTree | undefined, { state, effects }: Transition): void {
    const [first] = effects;
    const persist = first?.type === 'persist' ? first : NOTHING;
    this.#checkWritten(persist, state);
    const { caller } = state;
    if (caller !== undefined && caller !== before?.caller) {
      must(persist.calls.includes(caller.plan.callId), 'the master call changed and is not written');
    }
    for (const [index, leg] of state.legs.entries()) {
      const id = leg.plan.callId;
      if (leg === before?.legs[index] || !this.#notes.leg(id).created) continue;
      must(persist.calls.includes(id), `call ${id} changed and is not written`);
    }
    for (const [index, group] of state.groups.entries()) {
      const notes = this.#notes.group(group.plan.id);
      if (!notes.shown || !notes.created || (group === before?.groups[index] && !this.#events.touched.has(notes)))
        continue;
      must(persist.groupCalls.includes(group.plan.id), `group call ${group.plan.id} changed and is not written`);
    }
  }

  #checkWritten(persist: Persist, state: GroupCallTree): void {
    for (const id of persist.calls) {
      const record = this.#machine.callRecord(state, id);
      must(record !== undefined, `call ${id} is to be written and has no record`);
      const leg = this.#notes.ledger.legOf.get(id);
      if (leg !== undefined) checkCallStatus(leg, record);
    }
    for (const id of persist.groupCalls) {
      const record = this.#machine.groupCallRecord(state, id);
      must(record !== undefined, `group call ${id} is to be written and has no record`);
      checkGroupRecord(this.#notes.group(id), record);
    }
  }
}

const NOTHING: Persist = { type: 'persist', groupCalls: [], calls: [] };

function checkIgnored(before: GroupCallTree, { state, effects }: Transition): void {
  must(effects.length === 0, 'an ignored input has effects');
  must(state.ignored === before.ignored + 1, 'an ignored input is not counted');
  must(
    state.legs === before.legs && state.groups === before.groups && state.caller === before.caller,
    'an ignored input changes the state',
  );
}
