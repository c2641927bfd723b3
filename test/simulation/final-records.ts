import type { CallRecord, GroupCallRecord, HangupReason, LegRecord, ReleaseReason } from '@groupcall/engine';
import type { GroupCallTree } from '../../packages/engine/src/internal.ts';
import { isWithin, must, type GroupNotes, type LegNotes } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { Notes } from './notes.ts';

/** What the record says of a leg that we gave up before an answer. */
const BEFORE_ANSWER: Readonly<Record<ReleaseReason, HangupReason>> = {
  elsewhere: 'cancel',
  'caller-gone': 'cancel',
  'hang-up': 'cancel',
  failed: 'cancel',
  shutdown: 'cancel',
  normal: 'cancel',
  'ring-timeout': 'noanswer',
  'total-timeout': 'dialout',
  'talk-timeout': 'timeout',
};

/** When all is over: every record is complete, and says what happened. */
export function checkFinalRecords(machine: Machine, tree: GroupCallTree, { ledger, winner, plan }: Notes): void {
  for (const leg of ledger.legs) checkFinalLeg(leg, machine.callRecord(tree, leg.plan.callId), winner);
  for (const group of ledger.groups) {
    if (group.shown && group.created) checkFinalGroup(group, machine.groupCallRecord(tree, group.plan.id), winner);
  }
  if (plan.master === undefined) return;
  const caller = machine.callRecord(tree, plan.master.callId);
  must(caller?.status === 'hangup' && caller.hangupReason !== '' && caller.why !== '', 'the master call is not over');
  must(!ledger.callerDeleteWanted || caller.tmDelete !== undefined, 'the master call is not deleted');
}

function checkFinalLeg(leg: LegNotes, record: CallRecord | undefined, winner: LegNotes | undefined): void {
  const id = leg.plan.callId;
  must(leg.wire === 'none' || leg.wire === 'over', `leg ${id} is alive at the end`);
  must(
    (record !== undefined) === leg.created,
    `call ${id} ${leg.created ? 'has no record' : 'has a record'} at the end`,
  );
  if (record === undefined) return;
  must(!leg.deleteWanted || record.tmDelete !== undefined, `call ${id} is not deleted`);
  must(record.status === 'hangup', `call ${id} is ${record.status} at the end`);
  must(record.sipCallId === leg.sipCallId, `call ${id} has the Call-ID ${record.sipCallId}`);
  must(record.sipCode === leg.sipCode, `call ${id} has the code ${record.sipCode}`);
  must((record.tmRinging !== undefined) === leg.rang, `call ${id} has tm_ringing ${record.tmRinging}`);
  must((record.tmProgressing !== undefined) === leg.connected, `call ${id} has tm_progressing ${record.tmProgressing}`);
  if (leg === winner) {
    const talked = leg.released === 'talk-timeout' ? ['timeout'] : ['normal', 'failed'];
    must(talked.includes(record.hangupReason), `the winner ${id} ended with ${record.hangupReason}`);
  } else if (leg.cancelled !== undefined) {
    must(record.hangupReason === BEFORE_ANSWER[leg.cancelled], `call ${id} ended with ${record.hangupReason}`);
    must(record.hangupBy === 'local', `call ${id} was cancelled, and ended by ${record.hangupBy}`);
  }
}

/** The entry of a phone: what was tried, told and sent. */
function checkFinalEntry(leg: LegNotes, entry: LegRecord): void {
  const id = leg.plan.callId;
  must(entry.reasonSent === leg.reasonSent, `${id} shows the Reason "${entry.reasonSent}"`);
  must((entry.tmDial !== undefined) === (leg.firstPlacedAt !== undefined), `${id} shows tm_dial ${entry.tmDial}`);
  must((entry.tmAnswer !== undefined) === leg.answered, `${id} shows tm_answer ${entry.tmAnswer}`);
  must((entry.tmHangup !== undefined) === leg.created, `${id} shows tm_hangup ${entry.tmHangup}`);
  must(leg.created || entry.why.startsWith('not dialled: '), `${id} was not dialled, and says "${entry.why}"`);
  if (leg.connected) must(entry.why.startsWith('answered, then '), `${id} won, and says "${entry.why}"`);
  else if (leg.answered)
    must(entry.why.startsWith('answered too late: '), `${id} answered too late, and says "${entry.why}"`);
  else if (leg.cancelled === 'elsewhere')
    must(/answered \d+ ms earlier/.test(entry.why), `${id} lost, and says "${entry.why}"`);
}

/** The entry of a nested group. */
function checkNestedEntry(group: GroupNotes, entry: LegRecord): void {
  const { id } = group.plan;
  must((entry.tmRinging !== undefined) === group.rang, `${id} shows tm_ringing ${entry.tmRinging}`);
  must((entry.tmAnswer !== undefined) === group.answered, `${id} shows tm_answer ${entry.tmAnswer}`);
  must((entry.tmHangup !== undefined) === group.created, `${id} shows tm_hangup ${entry.tmHangup}`);
}

/** Rules 9 and 12. */
function checkFinalGroup(group: GroupNotes, record: GroupCallRecord | undefined, winner: LegNotes | undefined): void {
  const { id } = group.plan;
  must(record?.status === 'hangup' && group.hungUp, `${id} is not over at the end`);
  must(!group.deleteWanted || (group.deleted && record.tmDelete !== undefined), `${id} is not deleted`);
  group.members.forEach((member, at) => {
    const entry = record.legs[at]!;
    must(entry.why !== '' && entry.hangupReason !== '', `${id} does not say what became of destination ${at}`);
    if ('wire' in member) checkFinalEntry(member, entry);
    else checkNestedEntry(member, entry);
  });
  const own = winner?.group === group;
  const answerCall = winner !== undefined && (own || group.parent === undefined) ? winner.plan.callId : undefined;
  must(record.answerCallId === answerCall, `${id} has the answer_call_id ${record.answerCallId}`);
  must(record.answerGroupcallId === nestedWinner(group, winner)?.plan.id, `${id} has a wrong answer_groupcall_id`);
  if (winner !== undefined && isWithin(winner.group, group)) {
    must(record.hangupReason === winner.hangupReason, `${id} ended with ${record.hangupReason}, unlike its winner`);
  }
}

/** The nested group of `group` that the winner stands in. */
function nestedWinner(group: GroupNotes, winner: LegNotes | undefined): GroupNotes | undefined {
  return winner === undefined ? undefined : group.groups.find((nested) => isWithin(winner.group, nested));
}
