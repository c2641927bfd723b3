import type { Plan, PlannedMember } from '../group-call/plan.ts';

/** The most legs of this plan that can be alive at once: all of a `ring_all`, the largest destination of a `linear`. */
export function peakLegs({ root }: Plan): number {
  return peakOf(root);
}

function peakOf(member: PlannedMember): number {
  if (member.kind === 'leg') return member.failure === undefined ? 1 : 0;
  let sum = 0;
  let largest = 0;
  for (const nested of member.members) {
    const peak = peakOf(nested);
    sum += peak;
    largest = Math.max(largest, peak);
  }
  return member.ringMethod === 'linear' ? largest : sum;
}
