import type { CallerEnd, ReleaseReason } from '../ports/signaling-port.ts';
import type { HangupBy, HangupReason } from '../records/call-record.ts';
import { bestCode } from './best-code.ts';
import { giveUpTree } from './end-group.ts';
import { moreTelling, reasonAfterAnswer, reasonBeforeAnswer } from './hangup-reason.ts';
import type { Step } from './step.ts';
import { END_LIMIT_MS } from './time-limits.ts';
import type { GroupCallTree, LegPhase, LegState } from './tree.ts';
import { whyCallerClosed } from './why.ts';

/** The master call comes into being with the group call. Nothing happens when there is none, here and below. */
export function beginCaller(step: Step): void {
  if (step.tree.caller === undefined) return;
  const caller = step.editCaller();
  caller.tmCreate = step.now;
  caller.tmUpdate = undefined;
  step.publishCaller('call_created');
}

/**
 * A phone rings: the caller hears it, once (rule 19). Early media goes through when the options say so and no other leg
 * rings or may still ring beside it; then there is no 180 any more, which would make the caller's phone play its own tone.
 */
export function tellRinging(step: Step, index: number, earlyMedia: boolean): void {
  const { caller } = step.tree;
  if (caller?.phase !== 'waiting') return;
  const callerId = caller.plan.callId;
  if (earlyMedia && passesEarlyMedia(step.tree, index)) {
    const leg = step.editLeg(index);
    leg.passedEarlyMedia = true;
    step.emit({ type: 'caller-progress', caller: callerId, from: leg.plan.callId });
  } else if (!caller.rang) {
    step.emit({ type: 'caller-ringing', caller: callerId });
  }
  if (caller.rang) return;
  const edited = step.editCaller();
  edited.rang = true;
  edited.status = 'ringing';
  edited.tmRinging = step.now;
  step.publishCaller('call_ringing');
}

/** The winner is joined with the caller or, without one, with the server's own audio. */
export function connect(step: Step, winner: LegState): void {
  const callId = winner.plan.callId;
  const { caller } = step.tree;
  step.emit({ type: 'connect', callId, caller: caller?.plan.callId });
  if (caller?.phase !== 'waiting') return;
  const edited = step.editCaller();
  edited.phase = 'connected';
  edited.status = 'progressing';
  edited.tmProgressing = step.now;
  step.publishCaller('call_progressing');
}

/** Ends the caller's call once there is nobody left to talk to: after the winner, or when no leg can win any more. */
export function closeCaller(step: Step): void {
  const { tree } = step;
  const phase = tree.caller?.phase;
  if (phase !== 'waiting' && phase !== 'connected') return;
  if (tree.winner === undefined) {
    if (tree.legs.some((leg) => mayWin(leg.phase))) return;
  } else if (step.leg(tree.winner).phase === 'answered') {
    return;
  }
  if (phase === 'waiting') rejectCaller(step);
  else releaseCaller(step);
}

/** The caller wants no more, or is out of reach: everybody stops ringing, and the winner is hung up (rules 14 and 21). */
export function onCallerGone(step: Step, end: CallerEnd): void {
  const phase = step.tree.caller?.phase;
  // A caller whom we refuse or release may give up in the same moment; that changes nothing.
  if (phase === 'closing') return;
  if (phase !== 'waiting' && phase !== 'connected') {
    step.ignore(phase === undefined ? 'caller-gone without a caller' : 'caller-gone after the caller ended');
    return;
  }
  const caller = step.editCaller();
  const answered = phase === 'connected';
  caller.phase = 'closing';
  caller.status = answered ? 'terminating' : 'canceling';
  const { by, reason } = whoEnded(end, answered);
  caller.hangupBy = by;
  caller.hangupReason = reason;
  caller.why = end.detail;
  step.setTimer(caller, caller.plan.callId, 'end', END_LIMIT_MS);
  step.publishCaller(answered ? 'call_terminating' : 'call_canceling');
  giveUpTree(step, answered && end.kind === 'bye' ? 'normal' : 'caller-gone');
}

/** Nothing of the caller's side is left. */
export function onCallerEnded(step: Step, end: CallerEnd): void {
  const phase = step.tree.caller?.phase;
  if (phase === undefined || phase === 'ended') {
    step.ignore('caller-ended without a caller, or twice');
    return;
  }
  if (phase !== 'closing') onCallerGone(step, end);
  finishCaller(step);
}

/** The caller's call is over; what was decided when it began to end stands. */
export function finishCaller(step: Step): void {
  const caller = step.editCaller();
  step.clearTimer(caller, caller.plan.callId);
  caller.phase = 'ended';
  caller.status = 'hangup';
  caller.tmHangup = step.now;
  if (caller.deleteWanted) caller.tmDelete = step.now;
  step.publishCaller('call_hangup');
}

/** Rule 20: one final code. */
function rejectCaller(step: Step): void {
  const caller = step.editCaller();
  const sipCode = bestCode(step.tree);
  const givenUp = step.tree.groups[0]?.givenUp;
  caller.phase = 'closing';
  caller.status = 'canceling';
  caller.sipCode = sipCode;
  caller.hangupBy = 'local';
  caller.hangupReason = reasonForRefused(step.tree, givenUp);
  caller.why = whyCallerClosed(step.tree, givenUp);
  step.emit({ type: 'caller-reject', caller: caller.plan.callId, sipCode });
  step.setTimer(caller, caller.plan.callId, 'end', END_LIMIT_MS);
  step.publishCaller('call_canceling');
}

function releaseCaller(step: Step): void {
  const { winner } = step.tree;
  const reason = winner === undefined ? 'normal' : (step.leg(winner).givenUp ?? 'normal');
  const caller = step.editCaller();
  caller.phase = 'closing';
  caller.status = 'terminating';
  caller.hangupBy = 'local';
  caller.hangupReason = reasonAfterAnswer(reason);
  caller.why = reason === 'normal' ? 'the answered call was over' : whyCallerClosed(step.tree, reason);
  step.emit({ type: 'caller-release', caller: caller.plan.callId, reason });
  step.setTimer(caller, caller.plan.callId, 'end', END_LIMIT_MS);
  step.publishCaller('call_terminating');
}

/** Of the legs that are over so far, when nothing ended the group call as a whole. */
function reasonForRefused(tree: GroupCallTree, givenUp: ReleaseReason | undefined): HangupReason {
  if (tree.failedBy !== undefined) return tree.legs[tree.failedBy]?.hangupReason ?? 'failed';
  if (givenUp !== undefined) return reasonBeforeAnswer(givenUp);
  let reason: HangupReason = '';
  for (const leg of tree.legs) {
    reason = moreTelling(reason, leg.givenUp === undefined ? leg.hangupReason : reasonBeforeAnswer(leg.givenUp));
  }
  return reason === '' ? 'failed' : reason;
}

function whoEnded(end: CallerEnd, answered: boolean): { readonly by: HangupBy; readonly reason: HangupReason } {
  switch (end.kind) {
    case 'cancel':
      return { by: end.by, reason: 'cancel' };
    case 'bye':
      return { by: end.by, reason: answered ? 'normal' : 'cancel' };
    case 'no-ack':
    case 'rejected':
    case 'failed':
      return { by: end.by, reason: 'failed' };
  }
}

function mayWin(phase: LegPhase): boolean {
  switch (phase) {
    case 'planned':
    case 'delayed':
    case 'preparing':
    case 'placed':
    case 'resolving':
    case 'answered':
      return true;
    case 'canceling':
    case 'terminating':
    case 'ended':
    case 'skipped':
      return false;
  }
}

/** Rule 19: only where a single leg rings. Those of `linear` whose turn has not come do not count. */
function passesEarlyMedia(tree: GroupCallTree, index: number): boolean {
  if (tree.plan.options.earlyMedia !== 'single' || tree.legs[index]?.passedEarlyMedia !== false) return false;
  if (tree.groups.some((group) => group.phase === 'delayed')) return false;
  return tree.legs.every(
    ({ phase }, at) => at === index || phase === 'planned' || phase === 'ended' || phase === 'skipped',
  );
}
