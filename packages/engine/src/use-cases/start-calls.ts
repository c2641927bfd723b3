import type { Plan } from '../group-call/plan.ts';
import type { PlanRequest } from '../planner/planner.ts';
import { readTarget } from '../planner/target.ts';
import type { Destination } from '../records/address.ts';
import type { CallRecord } from '../records/call-record.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { LiveGroupCall } from '../runner/live-group-call.ts';
import type { StartCalls } from '../validation/start-command.ts';
import { validateStartCalls } from '../validation/validate-start.ts';
import { allDurable, begin } from './begin.ts';
import type { UseCaseContext } from './context.ts';

/** What a request for calls became. */
export interface StartedCalls {
  readonly calls: readonly CallRecord[];
  readonly groupCalls: readonly GroupCallRecord[];
}

/**
 * Rings each destination by itself: a SIP URI or a number as a single call, whatever may be several phones as a group call
 * of its own. All of them begin, or none. Resolves once everything is durable.
 */
export function createStartCalls(context: UseCaseContext) {
  return async function startCalls(command: StartCalls): Promise<StartedCalls> {
    const request = await validateStartCalls(command, context.directory);
    const plans: Plan[] = [];
    for (const destination of request.destinations) {
      plans.push(await context.planner.plan(requestFor(request, destination)));
    }
    const begun = begin(context, request.customer, plans);
    await allDurable(begun);
    return {
      calls: begun.flatMap((live) => bareCall(live) ?? []),
      groupCalls: begun.flatMap((live) => live.groupCallRecord(live.plan.root.id) ?? []),
    };
  };
}

function requestFor(request: PlanRequest, destination: Destination): PlanRequest {
  const { kind } = readTarget(destination, request.customer.domain);
  return { ...request, destinations: [destination], bare: kind === 'uri' || kind === 'number' };
}

function bareCall(live: LiveGroupCall): CallRecord | undefined {
  const [member] = live.plan.root.members;
  return live.plan.bare && member?.kind === 'leg' ? live.callRecord(member.callId) : undefined;
}
