import type { ReleaseReason } from '../ports/signaling-port.ts';
import { reasonBeforeAnswer } from './hangup-reason.ts';
import { giveUpLeg } from './end-leg.ts';
import { hasBegun, isAnswered } from './project.ts';
import type { Step } from './step.ts';
import { whyNotDialled } from './why.ts';

/** Gives up a group call with everything in it. */
export function giveUpGroup(step: Step, index: number, reason: ReleaseReason): void {
  markGivenUp(step, index, reason);
  for (const member of step.group(index).members) {
    if (member.kind === 'leg') giveUpLeg(step, member.index, reason);
    else giveUpGroup(step, member.index, reason);
  }
}

/**
 * Gives up the whole tree. Once somebody has won, everyone else is told that the call was completed elsewhere, even when
 * the winner's call is ended in the same moment.
 */
export function giveUpTree(step: Step, reason: ReleaseReason): void {
  if (step.tree.winner !== undefined) giveUpOthers(step);
  giveUpGroup(step, 0, reason);
}

/** Gives up everything but the winner, and the groups around it, in one go (rule 6). */
export function giveUpOthers(step: Step): void {
  const { groups, legs, winner } = step.tree;
  groups.forEach((group, index) => {
    if (!isAnswered(group)) markGivenUp(step, index, 'elsewhere');
  });
  legs.forEach((_leg, index) => {
    if (index !== winner) giveUpLeg(step, index, 'elsewhere');
  });
}

/** Gives up everything that does not ring, and the groups in which nobody rings. */
export function giveUpSilent(step: Step): void {
  const ringing = new Set<number>();
  step.tree.legs.forEach((leg, index) => {
    if (leg.phase === 'placed' || leg.phase === 'answered') {
      for (let at = leg.group; at >= 0; at = step.group(at).parent) ringing.add(at);
    } else {
      giveUpLeg(step, index, 'elsewhere');
    }
  });
  step.tree.groups.forEach((_group, index) => {
    if (!ringing.has(index)) markGivenUp(step, index, 'elsewhere');
  });
}

/** The group takes no new leg from here on; the legs it has are not touched. */
function markGivenUp(step: Step, index: number, reason: ReleaseReason): void {
  const { phase, givenUp } = step.group(index);
  if (givenUp !== undefined || phase === 'hangup' || phase === 'skipped') return;
  const group = step.editGroupEntry(index);
  group.givenUp = reason;
  step.clearTimer(group, group.plan.id);
  if (hasBegun(phase)) {
    group.phase = 'hangingup';
  } else {
    group.phase = 'skipped';
    group.hangupBy = 'local';
    group.hangupReason = reasonBeforeAnswer(reason);
    group.why = whyNotDialled(step.tree, reason);
  }
  step.unsettle(hasBegun(phase) ? index : group.parent);
}
