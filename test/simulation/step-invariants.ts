import type { CallStatus } from '@groupcall/engine';
import type { GroupCallTree } from '../../packages/engine/src/internal.ts';
import { checkOver } from './event-invariants.ts';
import { isGroupUnwanted, isOnWire, isUnwanted, isWithin, must, type GroupNotes, type LegNotes } from './ledger.ts';
import { END_LIMIT_MS, type Notes } from './notes.ts';

/** What holds between two steps, for every leg and every group (rules 2, 3, 6, 12, 14, 15, 20). */
export function checkStep(notes: Notes, state: GroupCallTree, now: number): void {
  const { root, legs } = notes.ledger;
  if (!root.shown && !root.hungUp && state.groups[0]?.phase === 'hangup') {
    // Nothing is told of a bare root.
    checkOver(root);
    root.hungUp = true;
  }
  for (const leg of legs) checkLeg(notes, leg, now);
  notes.ledger.groups.forEach((group, index) => {
    checkGroup(notes, group, now);
    checkPhase(notes, group, state.groups[index]?.phase);
  });
  if (notes.finished) return;
  if (notes.over) notes.deadline = Math.min(notes.deadline, now + END_LIMIT_MS);
  must(now <= notes.deadline, 'the group call lives longer than it may');
  const ringing = !root.hungUp && !notes.over && notes.winner === undefined;
  must(!ringing || now <= notes.ringingEndsAt, 'the group call rings longer than its total time');
}

function checkLeg(notes: Notes, leg: LegNotes, now: number): void {
  const id = leg.plan.callId;
  if (leg.wire === 'placed' && leg.cancelled === undefined) {
    must(!notes.over && !notes.settled && !isUnwanted(leg), `leg ${id} rings on, and nobody wants it`);
    must(now <= leg.firstPlacedAt! + leg.plan.ringTimeoutMs, `leg ${id} rings longer than its ring timeout`);
  }
  if (leg.wire === 'answered' && leg.released === undefined) {
    must(leg === notes.winner && !notes.over, `leg ${id} has answered, and sits in a dead call`);
  }
  if (leg.created) must(leg.told === statusOf(leg), `leg ${id} is ${statusOf(leg)}, and told to be ${leg.told}`);
  if (leg.created && !leg.hungUp) {
    must(leg.plan.failure === undefined, `leg ${id} can't be placed, and lives`);
    const waits = leg.lookingUp || notes.asked > notes.durable;
    must(isOnWire(leg) || waits, `leg ${id} is neither placed nor ended, and waits for nothing`);
    must(leg.wire !== 'none' || (!notes.over && !isUnwanted(leg)), `leg ${id} was called off, and lives`);
  }
}

function checkGroup(notes: Notes, group: GroupNotes, now: number): void {
  const live = group.liveCalls + group.liveGroups;
  const isLinear = group.plan.ringMethod === 'linear';
  if (isLinear) must(live <= 1, `${group.plan.id} is linear, and rings ${live} at once`);
  if (!group.created || group.hungUp) return;
  if (group.shown) {
    const rang = group.legs.some((leg) => leg.rang) || group.groups.some((nested) => nested.rang);
    must(rang === group.rang, `${group.plan.id} ${rang ? 'rings and is not told so' : 'is told to ring and does not'}`);
    const answered = notes.winner !== undefined && isWithin(notes.winner.group, group);
    must(answered === group.answered, `${group.plan.id} is ${answered ? '' : 'not '}answered, and not told so`);
  }
  if (notes.over || notes.winner !== undefined || notes.resumed || notes.finished || isGroupUnwanted(group)) return;
  for (const member of group.members) {
    const waits = !member.created && !member.unwanted;
    if (waits && isLinear) must(live > 0, `${group.plan.id} is linear, and waits for nothing`);
    const { delayMs } = member.plan;
    const late = delayMs === 0 || now > group.createdAt + delayMs;
    must(!waits || isLinear || !late, `${group.plan.id} does not ring destination ${member.at}`);
  }
  const { timeoutMs } = group.plan;
  if (timeoutMs === undefined || group.parent === undefined) return;
  must(now <= group.createdAt + timeoutMs, `${group.plan.id} rings longer than its total time`);
}

/** What a leg is doing, by what went over the wire. */
function statusOf(leg: LegNotes): CallStatus {
  if (leg.hungUp) return 'hangup';
  if (leg.released !== undefined) return 'terminating';
  if (leg.cancelled !== undefined) return 'canceling';
  if (leg.connected) return 'progressing';
  return leg.rang ? 'ringing' : 'dialing';
}

/** The status of a group call that is told to end, or is not. */
function checkPhase(notes: Notes, group: GroupNotes, phase: string | undefined): void {
  if (!group.created || group.hungUp || notes.finished) return;
  const ending = notes.isEnding(group);
  must(phase !== 'progressing' || !ending, `${group.plan.id} is progressing, and has been told to end`);
  // In the window of rule 11 a group in which nobody rings ends already, before the window closes.
  const mayEnd = ending || notes.winner !== undefined || notes.resumed;
  must(phase !== 'hangingup' || mayEnd, `${group.plan.id} is hangingup, and nothing ended it`);
}
