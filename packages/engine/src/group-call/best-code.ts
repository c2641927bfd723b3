import { legAt } from './project.ts';
import type { GroupCallTree, LegState } from './tree.ts';

/** For a caller whom nobody answered and whom no phone gave a better word. */
const TEMPORARILY_UNAVAILABLE = 480;

/**
 * The final code for a caller whom nobody answered (rule 20), chosen from the legs' codes with RFC 3261 §16.7 step 6 as a
 * model: a 6xx, else the best 4xx, else a 5xx. Deviations, because we are no proxy: the code of a leg that we cancelled
 * ourselves says nothing, a challenge (401, 407) concerns us and not the caller, and a 3xx or a 487 would be a riddle.
 */
export function bestCode(tree: GroupCallTree): number {
  const ending = tree.failedBy === undefined ? undefined : codeOf(legAt(tree, tree.failedBy));
  if (ending !== undefined && ending !== 0) return ending;
  const givenUp = tree.groups[0]?.givenUp;
  if (ending === undefined && (givenUp === 'shutdown' || givenUp === 'failed')) return 503;
  let best = 0;
  for (const leg of tree.legs) {
    const code = codeOf(leg);
    if (code !== 0 && (best === 0 || rank(code) < rank(best))) best = code;
  }
  if (best === 0) return TEMPORARILY_UNAVAILABLE;
  // RFC 3261 §16.7: a 503 is about the next hop and not about us, so it is not passed on.
  return best === 503 ? 500 : best;
}

/** What the leg has to say to the caller; 0 for nothing. */
function codeOf(leg: LegState): number {
  if (leg.givenUp === 'ring-timeout') return TEMPORARILY_UNAVAILABLE;
  if (leg.givenUp !== undefined || leg.phase !== 'ended') return 0;
  switch (leg.sipCode) {
    case 401:
    case 407:
      return 0;
    case 487:
      return TEMPORARILY_UNAVAILABLE;
    default:
      return leg.sipCode >= 400 ? leg.sipCode : 0;
  }
}

/** Lower is better. Within the 4xx: busy, then what tells the caller to call differently, then "nobody picked up". */
function rank(code: number): number {
  if (code >= 600) return 0;
  if (code >= 500) return 6;
  switch (code) {
    case 486:
      return 1;
    case 415:
    case 420:
    case 484:
      return 2;
    case 480:
      return 3;
    case 408:
      return 5;
    default:
      return 4;
  }
}
