import { Type, type Static } from 'typebox';
import { closed, Detail, DurationMs, HeaderFields, Name } from './primitives.ts';

const Target = Type.String({ maxLength: 512 });

const AddressInputMembers = {
  type: Type.Enum(['endpoint', 'extension', 'sip', 'tel', 'agent', 'groupcall']),
  target: Type.Optional(Target),
  target_name: Type.Optional(Name),
  name: Type.Optional(Name),
  detail: Type.Optional(Detail),
};

/** An address as it is sent; what is left out is `""`. */
export const AddressInput = Type.Object(AddressInputMembers, closed);
export type AddressInput = Static<typeof AddressInput>;

/** A destination as it is sent: an address, and what holds for it alone. */
export const DestinationInput = Type.Object(
  {
    ...AddressInputMembers,
    ring_timeout_ms: Type.Optional(DurationMs),
    delay_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 600_000, description: 'Milliseconds after the start.' }),
    ),
    headers: Type.Optional(HeaderFields),
    caller_id: Type.Optional(Name),
  },
  closed,
);
export type DestinationInput = Static<typeof DestinationInput>;

/** An address as it is shown: every member is there. */
export const Address = Type.Object({
  type: Type.String(),
  target: Type.String(),
  target_name: Type.String(),
  name: Type.String(),
  detail: Type.String(),
});
export type Address = Static<typeof Address>;

/** A destination as it is shown: an address, and the options that were given for it. */
export const Destination = Type.Object({
  ...Address.properties,
  ring_timeout_ms: Type.Optional(Type.Integer()),
  delay_ms: Type.Optional(Type.Integer()),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  caller_id: Type.Optional(Type.String()),
});
export type Destination = Static<typeof Destination>;
