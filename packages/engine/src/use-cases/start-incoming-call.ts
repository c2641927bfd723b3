import { refusalOf, EngineError } from '../errors.ts';
import type { IncomingCall } from '../ports/signaling-port.ts';
import { activeCustomer } from '../validation/validate-start.ts';
import { begin } from './begin.ts';
import type { UseCaseContext } from './context.ts';
import { routeIncomingCall } from './route-incoming-call.ts';

/**
 * Rings whom an incoming call is for. A caller who can't be served is refused: 404 when nothing is routed, 403 when it is
 * not allowed, 503 when a limit is reached. Never rejects. A caller who gave up meanwhile is heard of when the call is
 * attached, before any INVITE has left.
 */
export function createStartIncomingCall(context: UseCaseContext) {
  const { directory, logger, planner, signaling } = context;
  return async function startIncomingCall(call: IncomingCall): Promise<void> {
    try {
      const customer = await activeCustomer(call.customerId, directory);
      const request = await routeIncomingCall(call, customer, directory);
      const plan = await planner.plan(request);
      begin(context, customer, [plan], call);
    } catch (error) {
      const sipCode = refusalOf(error);
      const fields = { callId: call.callId, customerId: call.customerId, dialled: call.dialled, sipCode };
      if (error instanceof EngineError) logger.info({ ...fields, why: error.message }, 'an incoming call is refused');
      else logger.error({ ...fields, err: error }, 'an incoming call could not be handled');
      signaling.callerReject(call.callId, sipCode);
    }
  };
}
