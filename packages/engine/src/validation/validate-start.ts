import type { Customer } from '../directory/resources.ts';
import { customerSuspended, invalidActionType, invalidArgument, resourceNotFound } from '../errors.ts';
import type { Plan } from '../group-call/plan.ts';
import type { PlanRequest } from '../planner/planner.ts';
import { isUuid } from '../planner/target.ts';
import type { Directory } from '../ports/directory.ts';
import { ANSWER_METHODS, type AnswerMethod, RING_METHODS, type RingMethod } from '../records/group-call-record.ts';
import { type CustomerId, NIL_UUID } from '../records/ids.ts';
import { checkAddress, checkDestinations } from './check-destinations.ts';
import { checkOneOf } from './check-text.ts';
import { completeOptions } from './complete-options.ts';
import type { StartCalls, StartGroupCall } from './start-command.ts';

/** The only step that can follow an answer. */
const HANGUP = 'hangup';

/**
 * Checks a request to start a group call before anybody is rung (rule 4), and fills in its defaults.
 *
 * @throws EngineError INVALID_ARGUMENT, INVALID_ACTION_TYPE, PERMISSION_DENIED, DESTINATION_NOT_ALLOWED or RESOURCE_NOT_FOUND.
 */
export async function validateStartGroupCall(command: StartGroupCall, directory: Directory): Promise<PlanRequest> {
  const request = await validateStartCalls(command, directory);
  const { ownerType, ownerId } = command;
  return {
    ...request,
    ringMethod: readRingMethod(command.ringMethod),
    answerMethod: readAnswerMethod(command.answerMethod),
    ...(ownerType === undefined ? undefined : { ownerType }),
    ...(ownerId === undefined ? undefined : { ownerId }),
  };
}

/** As {@link validateStartGroupCall}, for what has no ring method: each destination becomes a call of its own. */
export async function validateStartCalls(command: StartCalls, directory: Directory): Promise<PlanRequest> {
  const customer = await activeCustomer(command.customerId, directory);
  checkAddress('source', command.source);
  const options = completeOptions(command.options ?? {});
  const winner = readWinner(command);
  await checkDestinations('destinations', command.destinations, customer, directory);
  return {
    customer,
    source: command.source,
    destinations: command.destinations,
    ringMethod: 'ring_all',
    answerMethod: 'hangup_others',
    options,
    winner,
  };
}

/** The customer, who must be there and not suspended. */
export async function activeCustomer(id: CustomerId, directory: Directory): Promise<Customer> {
  const customer = await directory.customer(id);
  if (customer === undefined) throw resourceNotFound('customer_id', 'customer', id);
  if (customer.status === 'suspended') throw customerSuspended();
  return customer;
}

/** `''` and absent mean `ring_all`. Throws INVALID_ARGUMENT for what is no ring method. */
export function readRingMethod(text: string | undefined): RingMethod {
  return checkOneOf('ring_method', text === undefined || text === '' ? 'ring_all' : text, RING_METHODS);
}

/** `''` and absent mean `hangup_others`. Throws INVALID_ARGUMENT for what is no answer method. */
export function readAnswerMethod(text: string | undefined): AnswerMethod {
  return checkOneOf('answer_method', text === undefined || text === '' ? 'hangup_others' : text, ANSWER_METHODS);
}

/** No flow can be kept yet, so every one that is named is one that is not there. */
function readWinner({ flowId, actions }: StartCalls): Plan['winner'] {
  if (flowId !== undefined && flowId !== '' && flowId !== NIL_UUID) {
    if (!isUuid(flowId)) throw invalidArgument('flow_id', `is ${JSON.stringify(flowId)}`, 'the id (a UUID) of a flow');
    throw resourceNotFound('flow_id', 'flow', flowId);
  }
  if (actions === undefined) return 'stay';
  const [first] = actions;
  if (first !== undefined && first.type !== HANGUP) throw invalidActionType('actions[0].type', first.type);
  return 'hang-up';
}
