import { Type, type Static } from 'typebox';
import { Address, AddressInput } from './address.ts';
import { RingMethodInput } from './groupcall-options.ts';
import { closed, ResourceInput, ResourceMembers } from './primitives.ts';

const Addresses = Type.Array(AddressInput, { minItems: 1, maxItems: 100 });

/** `POST /agents` */
export const AgentInput = Type.Object(
  { ...ResourceInput, addresses: Addresses, ring_method: Type.Optional(RingMethodInput) },
  closed,
);
export type AgentInput = Static<typeof AgentInput>;

/** `PUT /agents/{id}`: what is left out stays. */
export const AgentUpdate = Type.Object(
  {
    ...ResourceInput,
    addresses: Type.Optional(Addresses),
    ring_method: Type.Optional(RingMethodInput),
  },
  closed,
);
export type AgentUpdate = Static<typeof AgentUpdate>;

/** A person with several addresses. */
export const Agent = Type.Object({ ...ResourceMembers, addresses: Type.Array(Address), ring_method: Type.String() });
export type Agent = Static<typeof Agent>;
