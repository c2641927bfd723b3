import type { LegRoute } from '../ports/signaling-port.ts';
import { finishUnanswered } from './fail-on.ts';
import type { RedirectResolved } from './input.ts';
import type { Step } from './step.ts';
import type { GroupCallTree } from './tree.ts';
import { whyNotRedirected } from './why.ts';

/** Rule 22. */
const MAX_REDIRECTS = 5;

/** Looks up the next target of a redirection. False when there is none left, or no more are allowed. */
export function followRedirect(step: Step, index: number): boolean {
  const { nextRedirects, redirects } = step.leg(index);
  const [uri, ...others] = nextRedirects;
  if (uri === undefined || redirects >= MAX_REDIRECTS) return false;
  const leg = step.editLeg(index);
  leg.phase = 'resolving';
  leg.attempt += 1;
  leg.redirects += 1;
  leg.nextRedirects = others;
  step.emit({ type: 'resolve-redirect', callId: leg.plan.callId, attempt: leg.attempt, uri });
  return true;
}

/** The target was looked up: it is rung in place of the phone that pointed to it, unless it is part of the tree already. */
export function onRedirectResolved(step: Step, index: number, input: RedirectResolved): void {
  const { phase } = step.leg(index);
  if (phase !== 'resolving') {
    step.ignore(`redirect-resolved on a leg that is ${phase}`);
    return;
  }
  const [route, ...nextRoutes] = input.routes.filter((one) => !isInTree(step.tree, routeKey(one)));
  if (route === undefined) {
    const known = input.routes.length > 0;
    if (followRedirect(step, index)) return;
    const why = whyNotRedirected(known ? 'the target is part of this group call already' : input.why);
    finishUnanswered(step, index, { by: 'local', reason: 'failed', why });
    return;
  }
  const leg = step.editLeg(index);
  leg.phase = 'preparing';
  leg.route = route;
  leg.nextRoutes = nextRoutes;
  leg.redirectedTo = [...leg.redirectedTo, ...input.routes.map(routeKey)];
  leg.batch = step.prepare();
}

/** No phone is rung twice by one group call, and so no redirection can go in circles (rule 22). */
function isInTree(tree: GroupCallTree, key: string): boolean {
  return tree.legs.some(
    (leg) => leg.redirectedTo.includes(key) || leg.plan.routes.some((route) => routeKey(route) === key),
  );
}

/** Equal for two ways to the same phone. */
function routeKey(route: LegRoute): string {
  return route.kind === 'trunk' ? `tel:${route.number}` : route.uri;
}
