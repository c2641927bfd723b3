import type { Customer } from '../directory/resources.ts';
import { notWritten, serverFull, shuttingDown } from '../errors.ts';
import type { Plan } from '../group-call/plan.ts';
import type { IncomingCall } from '../ports/signaling-port.ts';
import type { LiveGroupCall } from '../runner/live-group-call.ts';
import type { UseCaseContext } from './context.ts';

/**
 * Begins all of these plans or none of them. Nothing is awaited in between, so that two requests cannot both take the
 * last place.
 *
 * @throws EngineError SERVICE_UNAVAILABLE, LEG_LIMIT_EXCEEDED or RATE_LIMIT_EXCEEDED.
 */
export function begin(
  { gate, limits, runner, serverLimits }: UseCaseContext,
  customer: Customer,
  plans: readonly Plan[],
  incoming?: IncomingCall,
): readonly LiveGroupCall[] {
  if (gate.closed) throw shuttingDown();
  if (runner.size + plans.length > serverLimits.maxLive) throw serverFull(serverLimits.maxLive);
  limits.admit(customer, plans);
  return plans.map((plan) => runner.start(plan, incoming));
}

/**
 * Resolves when everything about them is durable. When one could not be written, all of them are ended.
 *
 * @throws EngineError SERVICE_UNAVAILABLE.
 */
export async function allDurable(begun: readonly LiveGroupCall[]): Promise<void> {
  const outcomes = await Promise.allSettled(begun.map((live) => live.durable()));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return;
  for (const live of begun) live.hangUp('failed');
  throw notWritten(failure.reason);
}
