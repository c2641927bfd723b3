import type * as contract from '@groupcall/contract';
import type { Address, Destination } from '@groupcall/engine';

/** An address as the API shows it. */
export function addressView({ type, target, targetName, name, detail }: Address): contract.Address {
  return { type, target, target_name: targetName, name, detail };
}

/** A destination as the API shows it: the options only where they were given. */
export function destinationView(destination: Destination): contract.Destination {
  const { ringTimeoutMs, delayMs, headers, callerId } = destination;
  return {
    ...addressView(destination),
    ...(ringTimeoutMs === undefined ? {} : { ring_timeout_ms: ringTimeoutMs }),
    ...(delayMs === undefined ? {} : { delay_ms: delayMs }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(callerId === undefined ? {} : { caller_id: callerId }),
  };
}

/** An address as it was sent; what was left out is `''`. */
export function readAddress(input: contract.AddressInput): Address {
  const { type, target = '', target_name: targetName = '', name = '', detail = '' } = input;
  return { type, target, targetName, name, detail };
}

/** A destination as it was sent. */
export function readDestination(input: contract.DestinationInput): Destination {
  return {
    ...readAddress(input),
    ...(input.ring_timeout_ms === undefined ? {} : { ringTimeoutMs: input.ring_timeout_ms }),
    ...(input.delay_ms === undefined ? {} : { delayMs: input.delay_ms }),
    ...(input.headers === undefined ? {} : { headers: input.headers }),
    ...(input.caller_id === undefined ? {} : { callerId: input.caller_id }),
  };
}
