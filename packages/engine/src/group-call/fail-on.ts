import { giveUpTree } from './end-group.ts';
import { finishLeg, type LegOutcomeFacts } from './end-leg.ts';
import type { Step } from './step.ts';

/**
 * A leg has ended by itself, without an answer. A code that `failOn` lists ends everything, whoever may still be ringing
 * (rule 20); once somebody has won, no code of another leg does.
 */
export function finishUnanswered(step: Step, index: number, facts: LegOutcomeFacts): void {
  finishLeg(step, index, facts);
  if (step.tree.winner !== undefined || !step.tree.plan.options.failOn.includes(step.leg(index).sipCode)) return;
  step.tree.failedBy = index;
  giveUpTree(step, 'failed');
}
