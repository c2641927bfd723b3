import type { CallRecord, GroupCallRecord } from '@groupcall/engine';
import type { Input } from '../../packages/engine/src/internal.ts';
import { isOnWire, isUnwanted, must, type GroupNotes, type LegNotes } from './ledger.ts';
import type { Notes } from './notes.ts';
import { checkCallStatus, checkGroupRecord, STATUS_OF } from './record-invariants.ts';

/** What is told, how often, and in which order (rules 2, 12, 13, 14). */
export class EventInvariants {
  readonly #notes: Notes;
  #newLegs: LegNotes[] = [];
  /** Groups whose record shows something that changed in this step. */
  readonly #touched = new Set<GroupNotes>();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  get touched(): ReadonlySet<GroupNotes> {
    return this.#touched;
  }

  beginStep(): void {
    this.#newLegs = [];
    this.#touched.clear();
  }

  /** The legs of this step are made durable under that number. */
  takePrepare(batch: number): void {
    must(batch === this.#notes.asked + 1, `batch ${batch} comes after ${this.#notes.asked}`);
    this.#notes.asked = batch;
    for (const leg of this.#newLegs) leg.batch = batch;
  }

  takeCallEvent(event: string, subject: CallRecord, input: Input | undefined, now: number): void {
    const leg = this.#notes.leg(subject.id);
    must((event === 'call_created') === !leg.created, `${event} of ${subject.id} out of order`);
    must(!leg.hungUp, `${event} of ${subject.id} after its hang-up`);
    must(
      subject.status === STATUS_OF.get(event) && leg.told !== subject.status,
      `${event} of ${subject.id}, ${subject.status}`,
    );
    leg.told = subject.status;
    checkCallStatus(leg, subject);
    this.#touched.add(leg.group);
    switch (event) {
      case 'call_created':
        must(subject.tmCreate === now, `${subject.id} is created now, and shows ${subject.tmCreate}`);
        this.#takeCallCreated(leg);
        break;
      case 'call_hangup':
        must(!isOnWire(leg), `leg ${subject.id} hung up, and is alive on the wire`);
        leg.hungUp = true;
        leg.endedItself = endsByItself(leg, input);
        leg.group.liveCalls--;
        this.#applyFailOn(leg);
        break;
    }
  }

  takeGroupEvent(event: string, subject: GroupCallRecord, now: number): void {
    const group = this.#notes.group(subject.id);
    must(group.shown, 'a bare root is told of');
    must(event === 'groupcall_deleted' || !group.hungUp, `${event} of ${subject.id} after its hang-up`);
    if (group.parent !== undefined && event !== 'groupcall_deleted') this.#touched.add(group.parent);
    switch (event) {
      case 'groupcall_created':
        must(subject.tmCreate === now, `${subject.id} is created now, and shows ${subject.tmCreate}`);
        this.#takeGroupCreated(group, now);
        break;
      case 'groupcall_ringing':
        must(!group.rang, `${subject.id} is told to ring twice`);
        group.rang = true;
        break;
      case 'groupcall_progressing':
        must(!group.answered, `${subject.id} is told to be answered twice`);
        group.answered = true;
        break;
      case 'groupcall_hangup':
        checkOver(group);
        group.hungUp = true;
        if (group.parent !== undefined) group.parent.liveGroups--;
        break;
      case 'groupcall_deleted':
        must(subject.tmDelete === now && group.deleteWanted, `${subject.id} is deleted, and nobody asked for it`);
        must(group.hungUp && !group.deleted, `${subject.id} is deleted before its hang-up, or twice`);
        group.deleted = true;
        break;
    }
    checkGroupRecord(group, subject);
  }

  #takeCallCreated(leg: LegNotes): void {
    const id = leg.plan.callId;
    const { over, winner } = this.#notes;
    must(leg.group.created && !leg.group.hungUp, `leg ${id} is created outside of its group's life`);
    must(!over && !isUnwanted(leg) && winner === undefined, `leg ${id} is created, and nobody wants it`);
    leg.created = true;
    leg.group.liveCalls++;
    this.#newLegs.push(leg);
    checkOrder(leg.group, leg.at);
  }

  /** Rule 20: that code ends everything, unless somebody talks. */
  #applyFailOn(leg: LegNotes): void {
    const notes = this.#notes;
    const ends = leg.endedItself && notes.winner === undefined && notes.plan.options.failOn.includes(leg.ownCode);
    if (ends) notes.over = true;
  }

  #takeGroupCreated(group: GroupNotes, now: number): void {
    must(group.status === undefined, `${group.plan.id} is created twice`);
    group.created = true;
    group.createdAt = now;
    if (group.parent === undefined) return;
    must(
      !this.#notes.isEnding(group) && this.#notes.winner === undefined,
      `${group.plan.id} is created, and nobody wants it`,
    );
    group.parent.liveGroups++;
    checkOrder(group.parent, group.at);
  }
}

/** Whether the hang-up of a leg comes from its own last report, and not from an order, a timer or another leg. */
function endsByItself(leg: LegNotes, input: Input | undefined): boolean {
  if (input?.type !== 'leg-ended' && input?.type !== 'redirect-resolved') return false;
  return input.callId === leg.plan.callId && leg.cancelled === undefined && leg.released === undefined;
}

/** Rule 12: nothing lives in a group call that is over. */
export function checkOver(group: GroupNotes): void {
  for (const leg of group.legs) {
    must(!isOnWire(leg) && leg.created === leg.hungUp, `${group.plan.id} is over, and ${leg.plan.callId} lives`);
  }
  for (const nested of group.groups) {
    must(nested.created === nested.hungUp, `${group.plan.id} is over, and ${nested.plan.id} lives`);
    checkOver(nested);
  }
}

/** Rule 2: a linear group begins a destination when every one before it has been tried and is over, or was called off. */
function checkOrder(group: GroupNotes, at: number): void {
  if (group.plan.ringMethod !== 'linear') return;
  for (const before of group.members.slice(0, at)) {
    const over = before.created ? before.hungUp : before.unwanted;
    must(over, `${group.plan.id} is linear, and begins destination ${at} too early`);
  }
}
