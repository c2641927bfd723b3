import { tellRinging } from './caller.ts';
import type { LegPlaced, LegReleased, LegRinging } from './input.ts';
import type { Step } from './step.ts';
import type { LegPhase } from './tree.ts';

/** The INVITE left, and its dialog has a name. */
export function onLegPlaced(step: Step, index: number, { sipCallId }: LegPlaced): void {
  const { phase } = step.leg(index);
  if (!isOnTheWire(phase)) step.ignore(`leg-placed on a leg that is ${phase}`);
  else step.editCall(index).sipCallId = sipCallId;
}

/** A 18x came. What rings too late, on a leg that is being cancelled, changes nothing. */
export function onLegRinging(step: Step, index: number, { earlyMedia }: LegRinging): void {
  const { phase, tmRinging } = step.leg(index);
  if (phase === 'canceling') return;
  if (phase !== 'placed') {
    step.ignore(`leg-ringing on a leg that is ${phase}`);
    return;
  }
  tellRinging(step, index, earlyMedia);
  if (tmRinging !== undefined) return;
  const leg = step.editLeg(index);
  leg.status = 'ringing';
  leg.tmRinging = step.now;
  step.publishLeg('call_ringing', index);
  for (let at = leg.group; at >= 0; at = step.group(at).parent) {
    if (step.group(at).tmRinging !== undefined) break;
    step.editGroupEntry(at).tmRinging = step.now;
    step.publishGroup('groupcall_ringing', at);
  }
}

/** A CANCEL or BYE left; the record keeps what it told the phone. */
export function onLegReleased(step: Step, index: number, { reasonSent }: LegReleased): void {
  const { phase } = step.leg(index);
  if (!isOnTheWire(phase)) step.ignore(`leg-released on a leg that is ${phase}`);
  else step.editLeg(index).reasonSent = reasonSent;
}

function isOnTheWire(phase: LegPhase): boolean {
  return phase === 'placed' || phase === 'answered' || phase === 'canceling' || phase === 'terminating';
}
