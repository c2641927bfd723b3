import { Type, type Static } from 'typebox';
import { closed, Detail, Name, Prefix, ResourceMembers } from './primitives.ts';

/** A host name, as the host part of a SIP URI has it. */
export const Domain = Type.String({
  description: 'A host name, such as `pbx.example.com`.',
  pattern: '^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$',
  maxLength: 253,
});

const Settings = {
  name: Type.Optional(Name),
  detail: Type.Optional(Detail),
  status: Type.Optional(Type.Enum(['active', 'suspended'])),
  max_legs: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  max_groupcalls: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  cps: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'New group calls a second.' })),
  allowed_prefixes: Type.Optional(
    Type.Array(Prefix, { maxItems: 1_000, description: 'Of telephone numbers that may be rung; empty: none at all.' }),
  ),
};

/** `POST /customers` (root key) */
export const CustomerInput = Type.Object({ domain: Domain, ...Settings }, closed);
export type CustomerInput = Static<typeof CustomerInput>;

/** `PUT /customers/{id}` (root key): what is left out stays. */
export const CustomerUpdate = Type.Object(Settings, closed);
export type CustomerUpdate = Static<typeof CustomerUpdate>;

export const Customer = Type.Object({
  ...ResourceMembers,
  domain: Type.String(),
  status: Type.String(),
  max_legs: Type.Integer(),
  max_groupcalls: Type.Integer(),
  cps: Type.Integer(),
  allowed_prefixes: Type.Array(Type.String()),
});
export type Customer = Static<typeof Customer>;
