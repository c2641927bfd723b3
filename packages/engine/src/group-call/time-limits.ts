import { DEFAULT_RING_ALL_TIMEOUT_MS } from '../records/group-call-options.ts';
import type { PlannedGroup, PlannedMember } from './plan.ts';
import { groupAt } from './project.ts';
import type { GroupCallTree } from './tree.ts';

/**
 * Longest time that signaling may take to end a call which was given up, in ms. SIP's own limits end it earlier: at most
 * 64*T1 for the INVITE to be answered at all, and 64*T1 for the CANCEL or the BYE (RFC 3261 §9.1, §17). It is the net under
 * them: nothing stays `progressing` for ever (rule 15), not even when an end is never reported.
 */
export const END_LIMIT_MS = 90_000;

/**
 * Total time of a group until an answer, in ms; undefined for a nested one that sets none. The root has a default (rule 15):
 * 120 s for `ring_all`, and for `linear` the sum of the ring timeouts. A `linear` destination that rang in vain has to end
 * before the next one is placed (rule 2), so the sum allows for that time too: each destination rings its full time,
 * whatever the phones before it did.
 */
export function totalTimeoutMs(tree: GroupCallTree, index: number): number | undefined {
  const { plan } = groupAt(tree, index);
  if (index > 0 || plan.timeoutMs !== undefined) return plan.timeoutMs;
  const { timeoutMs } = tree.plan.options;
  if (timeoutMs !== undefined) return timeoutMs;
  return plan.ringMethod === 'linear' ? sumOfMembers(plan) : DEFAULT_RING_ALL_TIMEOUT_MS;
}

function sumOfMembers(group: PlannedGroup): number {
  let sum = 0;
  for (const member of group.members) sum += memberLimitMs(member);
  return sum;
}

/** Longest time that one destination can take until it has ended without an answer. */
function memberLimitMs(member: PlannedMember): number {
  if (member.kind === 'leg') return member.failure === undefined ? member.ringTimeoutMs + END_LIMIT_MS : 0;
  if (member.timeoutMs !== undefined) return member.timeoutMs + END_LIMIT_MS;
  if (member.ringMethod === 'linear') return sumOfMembers(member);
  let longest = 0;
  for (const nested of member.members) longest = Math.max(longest, nested.delayMs + memberLimitMs(nested));
  return longest;
}
