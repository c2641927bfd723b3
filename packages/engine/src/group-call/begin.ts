import { finishLeg } from './end-leg.ts';
import type { Step } from './step.ts';
import { totalTimeoutMs } from './time-limits.ts';
import type { Member } from './tree.ts';

/** A destination's turn has come. `delays`: one with a delay waits for it first. */
export function beginMember(step: Step, member: Member, delays: boolean): void {
  const isLeg = member.kind === 'leg';
  const { delayMs } = isLeg ? step.leg(member.index).plan : step.group(member.index).plan;
  if (delays && delayMs > 0) {
    if (isLeg) delayLeg(step, member.index, delayMs);
    else delayGroup(step, member.index, delayMs);
  } else if (isLeg) {
    beginLeg(step, member.index);
  } else {
    beginGroup(step, member.index);
  }
}

/** The group call comes into being. Its destinations begin when the step settles. */
export function beginGroup(step: Step, index: number): void {
  const group = step.editGroupEntry(index);
  group.phase = 'progressing';
  group.tmCreate = step.now;
  const limitMs = totalTimeoutMs(step.tree, index);
  if (limitMs !== undefined) step.setTimer(group, group.plan.id, 'total', limitMs);
  step.publishGroup('groupcall_created', index);
  step.unsettle(index);
}

/**
 * The call comes into being. It is placed when its record is durable (rule 1); one that can't be placed ends at once and
 * counts like any ended leg (rule 3).
 */
export function beginLeg(step: Step, index: number): void {
  const leg = step.editLeg(index);
  const [route, ...nextRoutes] = leg.plan.routes;
  leg.phase = 'preparing';
  leg.tmCreate = step.now;
  leg.attempt = 1;
  step.publishLeg('call_created', index);
  if (leg.plan.failure !== undefined || route === undefined) {
    const why = leg.plan.failure ?? 'not dialled: there is no way to reach it';
    finishLeg(step, index, { by: 'local', reason: 'failed', why });
    return;
  }
  leg.route = route;
  leg.nextRoutes = nextRoutes;
  leg.batch = step.prepare();
}

function delayLeg(step: Step, index: number, delayMs: number): void {
  const leg = step.editLeg(index);
  leg.phase = 'delayed';
  step.setTimer(leg, leg.plan.callId, 'delay', delayMs);
}

function delayGroup(step: Step, index: number, delayMs: number): void {
  const group = step.editGroup(index);
  group.phase = 'delayed';
  step.setTimer(group, group.plan.id, 'delay', delayMs);
}
