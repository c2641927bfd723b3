import { giveUpGroup, giveUpTree } from './end-group.ts';
import { giveUpLeg } from './end-leg.ts';
import type { Delete, HangUp, HangUpCause } from './input.ts';
import { hasBegun, isTried } from './project.ts';
import type { Step } from './step.ts';

/** Somebody outside ends the root, a nested group, one leg, or the master call. On what is over it changes nothing (rule 13). */
export function onHangUp(step: Step, { id, cause }: HangUp): void {
  if (!endById(step, id, cause)) step.ignore('hang-up of an id that is not in this tree');
}

/**
 * As a hang-up, and then the resource is marked as deleted: at once when it is over, else in the step in which it ends, after
 * its `groupcall_hangup` (rule 13).
 */
export function onDelete(step: Step, { id }: Delete): void {
  const { tree } = step;
  const group = tree.groupIndex.get(id);
  const leg = tree.legIndex.get(id);
  if (group !== undefined) deleteGroup(step, group);
  else if (leg !== undefined) deleteLeg(step, leg);
  else if (tree.caller?.plan.callId === id) deleteCaller(step);
  else {
    step.ignore('delete of an id that is not in this tree');
    return;
  }
  endById(step, id, 'hang-up');
}

/** False when there is nothing of that id. */
function endById(step: Step, id: string, cause: HangUpCause): boolean {
  const { tree } = step;
  const group = tree.groupIndex.get(id);
  const leg = tree.legIndex.get(id);
  if (group === 0) giveUpTree(step, cause);
  else if (group !== undefined) giveUpGroup(step, group, cause);
  else if (leg !== undefined) giveUpLeg(step, leg, cause);
  else if (tree.caller?.plan.callId === id) giveUpTree(step, cause);
  else return false;
  return true;
}

function deleteGroup(step: Step, index: number): void {
  const { phase, deleteWanted } = step.group(index);
  if (deleteWanted || !hasBegun(phase)) return;
  const group = step.editGroup(index);
  group.deleteWanted = true;
  if (phase !== 'hangup') return;
  group.tmDelete = step.now;
  step.publishGroup('groupcall_deleted', index);
}

function deleteLeg(step: Step, index: number): void {
  const { phase, deleteWanted } = step.leg(index);
  if (deleteWanted || !isTried(phase)) return;
  const leg = step.editLeg(index);
  leg.deleteWanted = true;
  if (phase === 'ended') leg.tmDelete = step.now;
}

function deleteCaller(step: Step): void {
  const { caller } = step.tree;
  if (caller === undefined || caller.deleteWanted) return;
  const edited = step.editCaller();
  edited.deleteWanted = true;
  if (caller.phase === 'ended') edited.tmDelete = step.now;
}
