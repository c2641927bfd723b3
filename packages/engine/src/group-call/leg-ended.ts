import type { LegEnd } from '../ports/signaling-port.ts';
import { finishGivenUp, finishLeg } from './end-leg.ts';
import { finishUnanswered } from './fail-on.ts';
import { reasonOfOutcome } from './hangup-reason.ts';
import type { LegEnded } from './input.ts';
import { followRedirect } from './redirect.ts';
import type { Step } from './step.ts';
import { whyEnded, whyNotRedirected, whyWinnerEnded } from './why.ts';

/** An attempt is over: the leg tries its next way, if it is still wanted and has one, or it has ended. */
export function onLegEnded(step: Step, index: number, { end }: LegEnded): void {
  const { phase, givenUp } = step.leg(index);
  switch (phase) {
    case 'placed':
      endUnanswered(step, index, end);
      break;
    case 'answered':
      step.editLeg(index).sipCode = end.sipCode;
      finishLeg(step, index, {
        by: end.by,
        reason: end.outcome === 'failed' ? 'failed' : 'normal',
        why: whyWinnerEnded(end),
      });
      break;
    case 'canceling':
    case 'terminating':
      step.editLeg(index).sipCode = end.sipCode;
      finishGivenUp(step, index, givenUp ?? 'normal');
      break;
    case 'planned':
    case 'delayed':
    case 'preparing':
    case 'resolving':
    case 'ended':
    case 'skipped':
      step.ignore(`leg-ended on a leg that is ${phase}`);
      break;
  }
}

function endUnanswered(step: Step, index: number, end: LegEnd): void {
  const { options } = step.tree.plan;
  // While somebody talks nobody new is rung, also in the window of rule 11.
  const mayGoOn = step.tree.winner === undefined;
  const follows = mayGoOn && end.outcome === 'redirected' && options.redirects === 'follow';
  const leg = step.editLeg(index);
  leg.sipCode = end.sipCode;
  if (follows) leg.nextRedirects = end.redirectTo;
  else if (mayGoOn && end.tryNextRoute && tryNextRoute(step, index)) return;
  if (mayGoOn && followRedirect(step, index)) return;
  finishUnanswered(step, index, {
    by: end.by,
    reason: reasonOfOutcome(end.outcome),
    why: follows ? whyNotRedirected('no target is left that may be tried') : whyEnded(end),
  });
}

/** The next trunk, in place of one that is at fault. Its INVITE waits for the disk like the first one (rule 1). */
function tryNextRoute(step: Step, index: number): boolean {
  const [route, ...others] = step.leg(index).nextRoutes;
  if (route === undefined) return false;
  const leg = step.editLeg(index);
  leg.phase = 'preparing';
  leg.attempt += 1;
  leg.route = route;
  leg.nextRoutes = others;
  leg.batch = step.prepare();
  return true;
}
