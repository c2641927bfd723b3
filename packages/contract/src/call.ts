import { Type, type Static } from 'typebox';
import { Address, AddressInput, DestinationInput } from './address.ts';
import { Groupcall, MAX_DESTINATIONS } from './groupcall.ts';
import { Actions, GroupcallOptionsInput } from './groupcall-options.ts';
import { closed, Timestamp, Uuid } from './primitives.ts';

/** `POST /calls` */
export const CallsInput = Type.Object(
  {
    customer_id: Type.Optional(Uuid),
    source: AddressInput,
    destinations: Type.Array(DestinationInput, { minItems: 1, maxItems: MAX_DESTINATIONS }),
    flow_id: Type.Optional(Uuid),
    actions: Type.Optional(Actions),
    ...GroupcallOptionsInput,
  },
  closed,
);
export type CallsInput = Static<typeof CallsInput>;

/** One call with one phone. */
export const Call = Type.Object({
  id: Uuid,
  customer_id: Uuid,
  groupcall_id: Uuid,
  flow_id: Uuid,
  master_call_id: Uuid,
  type: Type.String(),
  direction: Type.String(),
  source: Address,
  destination: Address,
  status: Type.String(),
  action: Type.String(),
  hangup_by: Type.String(),
  hangup_reason: Type.String(),
  sip_code: Type.Integer(),
  why: Type.String(),
  sip_call_id: Type.String(),
  tm_create: Timestamp,
  tm_update: Timestamp,
  tm_progressing: Timestamp,
  tm_ringing: Timestamp,
  tm_hangup: Timestamp,
  tm_delete: Timestamp,
});
export type Call = Static<typeof Call>;

/** What `POST /calls` made: calls of their own, and group calls for what may be several phones. */
export const CallsReply = Type.Object({ calls: Type.Array(Call), groupcalls: Type.Array(Groupcall) });
export type CallsReply = Static<typeof CallsReply>;
