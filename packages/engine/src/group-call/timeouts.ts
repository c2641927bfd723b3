import { beginGroup, beginLeg } from './begin.ts';
import { finishCaller } from './caller.ts';
import { giveUpGroup, giveUpOthers, giveUpTree } from './end-group.ts';
import { finishGivenUp, giveUpLeg } from './end-leg.ts';
import type { TimerFired } from './input.ts';
import type { Step } from './step.ts';
import { END_LIMIT_MS } from './time-limits.ts';
import { parseTimerKey, type TimerName } from './timer-key.ts';
import { whyNeverReported } from './why.ts';

/** A timer fired. One that was stopped or replaced meanwhile is stale, and ignored. */
export function onTimer(step: Step, { key }: TimerFired): void {
  const { name, id } = parseTimerKey(key);
  const { tree } = step;
  const leg = tree.legIndex.get(id);
  const group = tree.groupIndex.get(id);
  if (leg !== undefined && step.leg(leg).timer === name) {
    step.editLeg(leg).timer = undefined;
    onLegTimer(step, leg, name);
  } else if (group !== undefined && step.group(group).timer === name) {
    step.editGroup(group).timer = undefined;
    onGroupTimer(step, group, name);
  } else if (tree.caller?.plan.callId === id && tree.caller.timer === name) {
    step.editCaller().timer = undefined;
    finishCaller(step);
  } else {
    step.ignore('timer that does not run');
  }
}

function onLegTimer(step: Step, index: number, name: TimerName): void {
  switch (name) {
    case 'delay':
      beginLeg(step, index);
      break;
    case 'ring':
      giveUpLeg(step, index, 'ring-timeout');
      break;
    case 'talk':
      giveUpTree(step, 'talk-timeout');
      break;
    case 'end':
      abandonLeg(step, index);
      break;
    case 'total':
    case 'resume':
      break;
  }
}

function onGroupTimer(step: Step, index: number, name: TimerName): void {
  switch (name) {
    case 'delay':
      beginGroup(step, index);
      break;
    case 'total':
      if (index === 0) giveUpTree(step, 'total-timeout');
      else giveUpGroup(step, index, 'total-timeout');
      break;
    case 'resume':
      giveUpOthers(step);
      break;
    case 'ring':
    case 'talk':
    case 'end':
      break;
  }
}

/** Signaling owes the end of this leg and has not told it: the record is closed without it. */
function abandonLeg(step: Step, index: number): void {
  finishGivenUp(step, index, step.leg(index).givenUp ?? 'normal');
  const leg = step.editLeg(index);
  leg.why = whyNeverReported(leg.why, END_LIMIT_MS);
}
