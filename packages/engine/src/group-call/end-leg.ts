import type { ReleaseReason } from '../ports/signaling-port.ts';
import type { HangupBy, HangupReason } from '../records/call-record.ts';
import { reasonAfterAnswer, reasonBeforeAnswer } from './hangup-reason.ts';
import type { Step } from './step.ts';
import { END_LIMIT_MS } from './time-limits.ts';
import { whyCanceling, whyCancelled, whyNotDialled, whyReleased, whyTooLate } from './why.ts';

/** How a leg ended. */
export interface LegOutcomeFacts {
  readonly by: HangupBy;
  readonly reason: HangupReason;
  readonly why: string;
}

/**
 * Gives up a leg, whatever it is doing: it can't win any more from here on. One that is on the wire is cancelled or, when
 * it has answered, released, and stays alive until its end is reported; any other is over at once and is never placed
 * (rule 6). Nothing happens to a leg that was given up before or is over, so a leg gets at most one CANCEL.
 */
export function giveUpLeg(step: Step, index: number, reason: ReleaseReason): void {
  switch (step.leg(index).phase) {
    case 'planned':
    case 'delayed':
      skipLeg(step, index, reason);
      break;
    case 'preparing':
    case 'resolving':
      dropLeg(step, index, reason);
      break;
    case 'placed':
      cancelLeg(step, index, reason);
      break;
    case 'answered':
      releaseWinner(step, index, reason);
      break;
    case 'canceling':
    case 'terminating':
    case 'ended':
    case 'skipped':
      break;
  }
}

/** A 2xx came too late to win: the call is ended with the reason for which it had been given up (rules 6, 7 and 8). */
export function releaseLate(step: Step, index: number): void {
  const leg = step.editLeg(index);
  const reason = (leg.givenUp ??= 'elsewhere');
  leg.phase = 'terminating';
  leg.status = 'terminating';
  leg.tmAnswer = step.now;
  leg.why = whyTooLate(step.tree, leg, reason, step.now);
  step.emit({ type: 'release', callId: leg.plan.callId, reason });
  step.setTimer(leg, leg.plan.callId, 'end', END_LIMIT_MS);
  step.publishLeg('call_terminating', index);
}

/** The leg is over. Its group is looked at when the step settles. */
export function finishLeg(step: Step, index: number, facts: LegOutcomeFacts): void {
  const leg = step.editLeg(index);
  step.clearTimer(leg, leg.plan.callId);
  leg.phase = 'ended';
  leg.status = 'hangup';
  leg.hangupBy = facts.by;
  leg.hangupReason = facts.reason;
  leg.why = facts.why;
  leg.tmHangup = step.now;
  if (leg.deleteWanted) leg.tmDelete = step.now;
  step.publishLeg('call_hangup', index);
  step.unsettle(leg.group);
}

/** The end of a leg that was given up: what was decided then stands, whatever the phone said meanwhile. */
export function finishGivenUp(step: Step, index: number, reason: ReleaseReason): void {
  const leg = step.leg(index);
  const { tree, now } = step;
  if (leg.tmProgressing !== undefined) {
    finishLeg(step, index, { by: 'local', reason: reasonAfterAnswer(reason), why: whyReleased(tree, reason) });
  } else {
    const why = leg.tmAnswer === undefined ? whyCancelled(tree, leg, reason, now) : leg.why;
    finishLeg(step, index, { by: 'local', reason: reasonBeforeAnswer(reason), why });
  }
}

/** Its turn never came. It has no call record, and its entry says why. */
function skipLeg(step: Step, index: number, reason: ReleaseReason): void {
  const leg = step.editLeg(index);
  step.clearTimer(leg, leg.plan.callId);
  leg.phase = 'skipped';
  leg.givenUp = reason;
  leg.hangupBy = 'local';
  leg.hangupReason = reasonBeforeAnswer(reason);
  leg.why = whyNotDialled(step.tree, reason);
  step.unsettle(leg.group);
}

/** It has a record, and nothing of it is on the wire. */
function dropLeg(step: Step, index: number, reason: ReleaseReason): void {
  const leg = step.editLeg(index);
  leg.givenUp = reason;
  const why = leg.tmDial === undefined ? whyNotDialled(step.tree, reason) : whyCanceling(step.tree, leg, reason);
  finishLeg(step, index, { by: 'local', reason: reasonBeforeAnswer(reason), why });
}

function cancelLeg(step: Step, index: number, reason: ReleaseReason): void {
  const leg = step.editLeg(index);
  leg.givenUp = reason;
  leg.phase = 'canceling';
  leg.status = 'canceling';
  leg.why = whyCanceling(step.tree, leg, reason);
  step.emit({ type: 'cancel', callId: leg.plan.callId, reason });
  step.setTimer(leg, leg.plan.callId, 'end', END_LIMIT_MS);
  step.publishLeg('call_canceling', index);
}

function releaseWinner(step: Step, index: number, reason: ReleaseReason): void {
  const leg = step.editLeg(index);
  leg.givenUp = reason;
  leg.phase = 'terminating';
  leg.status = 'terminating';
  leg.why = whyReleased(step.tree, reason);
  step.emit({ type: 'release', callId: leg.plan.callId, reason });
  step.setTimer(leg, leg.plan.callId, 'end', END_LIMIT_MS);
  step.publishLeg('call_terminating', index);
}
