import type { Customer } from '../directory/resources.ts';
import { destinationNotAllowed, routeNotFound } from '../errors.ts';
import { isAllowedNumber, normaliseNumber } from '../planner/e164.ts';
import type { PlanRequest } from '../planner/planner.ts';
import type { Directory } from '../ports/directory.ts';
import type { IncomingCall } from '../ports/signaling-port.ts';
import type { Address, AddressType } from '../records/address.ts';
import { DEFAULT_GROUP_CALL_OPTIONS } from '../records/group-call-options.ts';

type Route = Omit<PlanRequest, 'customer' | 'source' | 'master'>;

/**
 * Whom an incoming call rings: the group that its number is routed to; else, when one of the customer's own phones calls,
 * the extension of that name or the telephone number. From a trunk, only what is routed can be reached.
 *
 * @throws EngineError ROUTE_NOT_FOUND, or DESTINATION_NOT_ALLOWED for a number that may not be rung.
 */
export async function routeIncomingCall(
  call: IncomingCall,
  customer: Customer,
  directory: Directory,
): Promise<PlanRequest> {
  const dialled = dialledAddress(call.dialled);
  const route =
    (await numberRoute(call, customer, directory)) ??
    (call.from === 'extension' ? await ownRoute(dialled, customer, directory) : undefined);
  if (route === undefined) throw routeNotFound(call.dialled);
  const { callId, sipCallId, source } = call;
  return { ...route, customer, source, master: { callId, sipCallId, source, destination: dialled } };
}

/** Trunks send numbers with and without their `+`; both reach a number that is kept with it. */
async function numberRoute(
  { dialled }: IncomingCall,
  { customerId }: Customer,
  directory: Directory,
): Promise<Route | undefined> {
  const number = normaliseNumber(dialled) ?? normaliseNumber(`+${dialled}`);
  const asDialled = await directory.numberRoute(customerId, dialled);
  const route = asDialled ?? (number === undefined ? undefined : await directory.numberRoute(customerId, number));
  const group = route === undefined ? undefined : await directory.group(customerId, route.groupId);
  if (group === undefined || group.destinations.length === 0) return undefined;
  const { id, destinations, ringMethod, answerMethod, options } = group;
  return { destinations, ringMethod, answerMethod, options, ownerType: 'group', ownerId: id, savedGroupId: id };
}

async function ownRoute(dialled: Address, customer: Customer, directory: Directory): Promise<Route | undefined> {
  const single = { destinations: [dialled], ringMethod: 'ring_all', answerMethod: 'hangup_others' } as const;
  if (dialled.type === 'tel') {
    if (!isAllowedNumber(dialled.target, customer.allowedPrefixes)) {
      const help = 'Have its prefix added to the allowed_prefixes of the customer.';
      throw destinationNotAllowed('dialled', `${dialled.target} may not be rung`, help);
    }
    // What the telephone network says before the answer (busy and number announcements) is meant for the caller.
    return { ...single, options: { ...DEFAULT_GROUP_CALL_OPTIONS, earlyMedia: 'single' } };
  }
  const extension = await directory.extension(customer.customerId, dialled.target);
  if (extension === undefined) return undefined;
  return { ...single, options: DEFAULT_GROUP_CALL_OPTIONS, ownerType: 'extension', ownerId: extension.id };
}

function dialledAddress(dialled: string): Address {
  const number = normaliseNumber(dialled);
  const type: AddressType = number === undefined ? 'extension' : 'tel';
  return { type, target: number ?? dialled, targetName: '', name: '', detail: '' };
}
