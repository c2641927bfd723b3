import type { Turn } from '../strategy/strategy.ts';
import { ringStrategy } from '../strategy/ring-strategy.ts';
import { reasonBeforeAnswer, moreTelling } from './hangup-reason.ts';
import { beginMember } from './begin.ts';
import { closeCaller } from './caller.ts';
import { giveUpTree } from './end-group.ts';
import type { Mutable } from './mutable.ts';
import { isAnswered, isGroupLive } from './project.ts';
import { canResume, resume } from './resume.ts';
import type { Step } from './step.ts';
import type { GroupState, Member } from './tree.ts';
import { whyGroupEnded } from './why.ts';

/**
 * Draws the consequences of a step: after the winner's end the whole tree ends, a group places its next destination or is
 * over when none of its destinations lives (rule 12), the caller gets a final answer once
 * there is nobody left to talk to, and at the very end the tree is finished.
 */
export function settle(step: Step): void {
  windDown(step);
  for (let group = step.takeUnsettled(); group !== undefined; group = step.takeUnsettled()) settleGroup(step, group);
  closeCaller(step);
  const { tree } = step;
  const callerOver = tree.caller === undefined || tree.caller.phase === 'ended';
  if (callerOver && !tree.finished && step.group(0).phase === 'hangup') {
    tree.finished = true;
    step.emit({ type: 'finished' });
  }
}

/** After the winner's call there is nothing more to come, but for rule 11. */
function windDown(step: Step): void {
  const { winner } = step.tree;
  if (winner === undefined) return;
  const { phase, givenUp } = step.leg(winner);
  if (phase === 'answered') return;
  if (canResume(step)) resume(step);
  else if (step.group(0).givenUp === undefined) giveUpTree(step, givenUp ?? 'normal');
}

function settleGroup(step: Step, index: number): void {
  const group = step.group(index);
  if (!isGroupLive(group.phase)) return;
  beginNext(step, index, group);
  if (group.members.every((member) => turnOf(step, member) === 'over')) finishGroup(step, index);
}

/** Begins the destinations whose turn it is. There are none any more once the group was given up, or somebody has won. */
function beginNext(step: Step, index: number, { members, plan }: GroupState): void {
  const strategy = ringStrategy(plan.ringMethod);
  const turns = { count: members.length, turn: (at: number) => turnOf(step, members[at]) };
  for (let next = strategy.next(turns); next !== undefined; next = strategy.next(turns)) {
    const member = members[next];
    if (member === undefined) return;
    if (plan.ringMethod === 'linear') step.editGroup(index).dialIndex = next;
    beginMember(step, member, strategy.delays);
  }
}

function turnOf(step: Step, member: Member | undefined): Turn {
  if (member === undefined) return 'over';
  const { phase } = member.kind === 'leg' ? step.leg(member.index) : step.group(member.index);
  switch (phase) {
    case 'planned':
      return 'waiting';
    case 'ended':
    case 'skipped':
    case 'hangup':
      return 'over';
    case 'delayed':
    case 'preparing':
    case 'placed':
    case 'resolving':
    case 'answered':
    case 'canceling':
    case 'terminating':
    case 'progressing':
    case 'hangingup':
      return 'trying';
  }
}

function finishGroup(step: Step, index: number): void {
  const group = step.editGroupEntry(index);
  step.clearTimer(group, group.plan.id);
  group.phase = 'hangup';
  group.tmHangup = step.now;
  setOutcome(step, group);
  group.why = whyGroupEnded(step.tree, group);
  step.publishGroup('groupcall_hangup', index);
  if (group.deleteWanted) {
    group.tmDelete = step.now;
    step.publishGroup('groupcall_deleted', index);
  }
  if (group.parent >= 0) step.unsettle(group.parent);
}

/** What the group ended with: as its winner did, as it was given up, or as the most telling of its destinations did. */
function setOutcome(step: Step, group: Mutable<GroupState>): void {
  const { winner, failedBy } = step.tree;
  if (winner !== undefined && isAnswered(group)) {
    group.hangupReason = step.leg(winner).hangupReason;
    group.hangupBy = step.leg(winner).hangupBy;
  } else if (group.givenUp !== undefined) {
    group.hangupReason = reasonBeforeAnswer(group.givenUp);
    group.hangupBy = 'local';
    if (group.parent < 0 && failedBy !== undefined) group.hangupReason = step.leg(failedBy).hangupReason;
  } else {
    for (const member of group.members) {
      const ended = member.kind === 'leg' ? step.leg(member.index) : step.group(member.index);
      const telling = moreTelling(group.hangupReason, ended.hangupReason);
      if (telling !== group.hangupReason) group.hangupBy = ended.hangupBy;
      group.hangupReason = telling;
    }
    if (group.hangupReason === '') group.hangupReason = 'failed';
  }
}
