import type { Prepared } from './input.ts';
import type { Step } from './step.ts';

/** What was begun is durable: the INVITEs leave, for those legs only that are still wanted (rule 1). */
export function onPrepared(step: Step, { batch }: Prepared): void {
  if (batch > step.tree.batch) {
    step.ignore('prepared of a batch that was never asked for');
    return;
  }
  step.tree.legs.forEach((leg, index) => {
    if (leg.phase === 'preparing' && leg.batch <= batch) placeLeg(step, index);
  });
}

function placeLeg(step: Step, index: number): void {
  const leg = step.editLeg(index);
  const { plan } = step.tree;
  const { route } = leg;
  if (route === undefined) return;
  leg.phase = 'placed';
  leg.sipCallId = '';
  // One ring time for all the attempts of a leg: a second trunk or a redirection does not make the group wait longer.
  if (leg.tmDial === undefined) {
    leg.tmDial = step.now;
    step.setTimer(leg, leg.plan.callId, 'ring', leg.plan.ringTimeoutMs);
  }
  step.emit({
    type: 'place',
    attempt: leg.attempt,
    leg: {
      callId: leg.plan.callId,
      customerId: plan.customerId,
      domain: plan.domain,
      route,
      source: plan.source,
      ...(leg.plan.callerId === undefined ? undefined : { callerId: leg.plan.callerId }),
      anonymous: plan.anonymous,
      headers: leg.plan.headers,
      ...(plan.master === undefined ? undefined : { caller: plan.master.callId }),
    },
  });
}
