import type { Trunk } from '../directory/resources.ts';
import type { LegRoute } from '../ports/signaling-port.ts';
import { matchLength } from './e164.ts';

/**
 * Ways to a number, best first: the trunks that carry it, the longest matching prefix before shorter ones, then by priority
 * (lower first), then in the order given. A trunk without prefixes carries every number.
 */
export function trunkRoutes(trunks: readonly Trunk[], number: string): readonly LegRoute[] {
  return trunks
    .map((trunk) => ({ trunk, length: longestMatch(trunk, number) }))
    .filter(({ length }) => length >= 0)
    .sort((one, other) => other.length - one.length || one.trunk.priority - other.trunk.priority)
    .map(({ trunk }) => routeThrough(trunk, number));
}

function routeThrough({ id, maxCps, maxCalls }: Trunk, number: string): LegRoute {
  return {
    kind: 'trunk',
    trunkId: id,
    number,
    ...(maxCps > 0 ? { maxCps } : undefined),
    ...(maxCalls > 0 ? { maxCalls } : undefined),
  };
}

/** -1 when the trunk does not carry the number. */
function longestMatch({ prefixes }: Trunk, number: string): number {
  if (prefixes.length === 0) return 0;
  return prefixes.reduce((longest, prefix) => Math.max(longest, matchLength(number, prefix) ?? -1), -1);
}
