import { connect } from './caller.ts';
import { giveUpOthers, giveUpTree } from './end-group.ts';
import { releaseLate } from './end-leg.ts';
import { keepsOthers, openWindow } from './resume.ts';
import type { Step } from './step.ts';

/**
 * A 2xx came. The first one of the tree on a leg that is still wanted wins, here and nowhere else: all of it happens in this
 * one step, so no second answer can come between (rule 5). Any other 2xx is too late.
 */
export function onLegAnswered(step: Step, index: number): void {
  const { phase } = step.leg(index);
  if (phase === 'placed' && step.tree.winner === undefined) win(step, index);
  else if (phase === 'placed' || phase === 'canceling') releaseLate(step, index);
  else step.ignore(`leg-answered on a leg that is ${phase}`);
}

function win(step: Step, index: number): void {
  step.tree.winner = index;
  const leg = step.editLeg(index);
  leg.phase = 'answered';
  leg.status = 'progressing';
  leg.tmAnswer = step.now;
  leg.tmProgressing = step.now;
  leg.why = 'answered';
  connect(step, leg);
  step.setTimer(leg, leg.plan.callId, 'talk', step.tree.plan.options.talkTimeoutMs);
  step.publishLeg('call_progressing', index);
  markAnswered(step, index, leg.group);
  if (step.tree.plan.winner === 'hang-up') giveUpTree(step, 'normal');
  else if (keepsOthers(step)) openWindow(step);
  else giveUpOthers(step);
}

/**
 * Rule 9: the answering call stands in its own group and in the root. Every group around it names the one of its own
 * destinations that won, so that the way down can be followed.
 */
function markAnswered(step: Step, leg: number, own: number): void {
  let nested: number | undefined;
  for (let index = own; index >= 0; index = step.group(index).parent) {
    const group = step.editGroup(index);
    if (index === own || index === 0) group.answerLeg = leg;
    group.answerGroup = nested;
    group.tmAnswer = step.now;
    group.why = `answered by leg ${step.leg(leg).path}`;
    step.clearTimer(group, group.plan.id);
    step.publishGroup('groupcall_progressing', index);
    nested = index;
  }
}
