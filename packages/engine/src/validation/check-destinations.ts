import type { Customer } from '../directory/resources.ts';
import { destinationNotAllowed, invalidArgument, resourceNotFound } from '../errors.ts';
import { isAllowedNumber } from '../planner/e164.ts';
import { MAX_LEGS } from '../planner/plan-budget.ts';
import { readTarget, type Target } from '../planner/target.ts';
import type { Directory } from '../ports/directory.ts';
import { type Address, ADDRESS_TYPES, type Destination } from '../records/address.ts';
import { checkHeaders, checkOneOf, checkText, checkWhole } from './check-text.ts';
import { MAX_DURATION_MS } from './complete-options.ts';

const MAX_TARGET_LENGTH = 512;
const MAX_NAME_LENGTH = 255;
const MAX_DETAIL_LENGTH = 4096;
const MAX_DELAY_MS = 600_000;

/** Throws INVALID_ARGUMENT for an address whose members can't be written into a message or a record. */
export function checkAddress(member: string, address: Address): void {
  checkOneOf(`${member}.type`, address.type, ADDRESS_TYPES);
  checkText(`${member}.target`, address.target, MAX_TARGET_LENGTH);
  checkText(`${member}.target_name`, address.targetName, MAX_NAME_LENGTH);
  checkText(`${member}.name`, address.name, MAX_NAME_LENGTH);
  if (address.detail.length > MAX_DETAIL_LENGTH) {
    throw invalidArgument(`${member}.detail`, 'is too long', `at most ${MAX_DETAIL_LENGTH} characters long`);
  }
}

/**
 * Checks what can be seen to be wrong with destinations, before anybody is rung (rule 4). Whether a phone is registered, or
 * a trunk carries a number, is no matter of the request: such a leg fails, and the others ring (rule 3).
 *
 * @param member name of the list in the request, as the API spells it.
 * @throws EngineError INVALID_ARGUMENT, DESTINATION_NOT_ALLOWED or RESOURCE_NOT_FOUND, naming the member.
 */
export async function checkDestinations(
  member: string,
  destinations: readonly Destination[],
  customer: Customer,
  directory: Directory,
): Promise<void> {
  const { length } = destinations;
  if (length === 0) throw invalidArgument(member, 'is empty', `a list of 1 to ${MAX_LEGS} addresses`);
  if (length > MAX_LEGS)
    throw invalidArgument(member, `has ${length} addresses`, `a list of 1 to ${MAX_LEGS} addresses`);
  for (const [index, destination] of destinations.entries()) {
    const here = `${member}[${index}]`;
    checkDestination(here, destination);
    const target = readTarget(destination, customer.domain);
    await checkTarget(`${here}.target`, destination, target, customer, directory);
  }
}

function checkDestination(member: string, destination: Destination): void {
  checkAddress(member, destination);
  const { ringTimeoutMs, delayMs, headers, callerId } = destination;
  if (ringTimeoutMs !== undefined) checkWhole(`${member}.ring_timeout_ms`, ringTimeoutMs, 1, MAX_DURATION_MS);
  if (delayMs !== undefined) checkWhole(`${member}.delay_ms`, delayMs, 0, MAX_DELAY_MS);
  if (headers !== undefined) checkHeaders(`${member}.headers`, headers);
  if (callerId !== undefined) checkText(`${member}.caller_id`, callerId, MAX_NAME_LENGTH);
}

async function checkTarget(
  member: string,
  { target: text }: Destination,
  target: Target,
  { customerId, domain, allowedPrefixes }: Customer,
  directory: Directory,
): Promise<void> {
  switch (target.kind) {
    case 'malformed':
      throw invalidArgument(member, `${JSON.stringify(text)} ${target.problem}`, target.right);
    case 'foreign':
      throw destinationNotAllowed(
        member,
        `${JSON.stringify(text)} is no phone of this customer`,
        `Name a phone of ${domain}, or send it with the type sip to ring it as any other SIP URI.`,
      );
    case 'number':
      if (isAllowedNumber(target.number, allowedPrefixes)) break;
      throw destinationNotAllowed(
        member,
        `${target.number} is not among the numbers that this customer may ring`,
        'Have its prefix added to the allowed_prefixes of the customer.',
      );
    case 'agent':
      if ((await directory.agent(customerId, target.id)) === undefined)
        throw resourceNotFound(member, 'agent', target.id);
      break;
    case 'group':
      if ((await directory.group(customerId, target.id)) === undefined)
        throw resourceNotFound(member, 'group', target.id);
      break;
    case 'phone':
    case 'uri':
      break;
  }
}
