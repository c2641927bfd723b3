import { giveUpSilent } from './end-group.ts';
import { isAnswered } from './project.ts';
import type { Step } from './step.ts';
import { totalTimeoutMs } from './time-limits.ts';

/** Whether there are others who ring, and go on ringing for a while after an answer (rule 11). */
export function keepsOthers(step: Step): boolean {
  const { plan, legs } = step.tree;
  return (plan.resumeWindowMs ?? 0) > 0 && legs.some((leg) => leg.phase === 'placed');
}

/** The window opens, in the step of the answer: the legs that ring go on, and nobody else is rung any more. */
export function openWindow(step: Step): void {
  giveUpSilent(step);
  const root = step.editGroup(0);
  step.setTimer(root, root.plan.id, 'resume', step.tree.plan.resumeWindowMs ?? 0);
}

/** Whether the winner dropped while others still ring: that is so within the window only, for then they are given up. */
export function canResume({ tree }: Step): boolean {
  const { legs, winner } = tree;
  return winner !== undefined && legs[winner]?.phase === 'ended' && legs.some((leg) => leg.phase === 'placed');
}

/** There is no winner any more: ringing goes on with who is left, within the total time that is left. */
export function resume(step: Step): void {
  const { tree } = step;
  tree.winner = undefined;
  tree.groups.forEach((group, index) => {
    if (isAnswered(group)) {
      const edited = step.editGroup(index);
      edited.answerLeg = undefined;
      edited.answerGroup = undefined;
      edited.tmAnswer = undefined;
      edited.why = '';
      const limitMs = totalTimeoutMs(tree, index);
      if (limitMs !== undefined) {
        step.setTimer(edited, edited.plan.id, 'total', Math.max(0, edited.tmCreate + limitMs - step.now));
      }
    }
  });
}
