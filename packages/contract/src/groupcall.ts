import { Type, type Static } from 'typebox';
import { Address, AddressInput, Destination, DestinationInput } from './address.ts';
import { Actions, AnswerMethodInput, GroupcallOptionsInput, RingMethodInput } from './groupcall-options.ts';
import { closed, Timestamp, Uuid } from './primitives.ts';

/** Most destinations of one request. */
export const MAX_DESTINATIONS = 100;

const Destinations = Type.Array(DestinationInput, { minItems: 1, maxItems: MAX_DESTINATIONS });

/** `POST /groupcalls` */
export const GroupcallInput = Type.Object(
  {
    customer_id: Type.Optional(Uuid),
    source: AddressInput,
    destinations: Destinations,
    ring_method: Type.Optional(RingMethodInput),
    answer_method: Type.Optional(AnswerMethodInput),
    flow_id: Type.Optional(Uuid),
    actions: Type.Optional(Actions),
    ...GroupcallOptionsInput,
  },
  closed,
);
export type GroupcallInput = Static<typeof GroupcallInput>;

/** What one destination did and why. */
export const Leg = Type.Object({
  destination: Type.Integer({ description: 'Index into `destinations`.' }),
  call_id: Uuid,
  groupcall_id: Uuid,
  status: Type.String(),
  hangup_by: Type.String(),
  hangup_reason: Type.String(),
  sip_code: Type.Integer({ description: 'The final SIP status that the phone sent; 0 when none came.' }),
  reason_sent: Type.String({ description: 'The Reason header that the phone got with its CANCEL or BYE.' }),
  why: Type.String({ description: 'One plain sentence.' }),
  tm_dial: Timestamp,
  tm_ringing: Timestamp,
  tm_answer: Timestamp,
  tm_confirm: Timestamp,
  tm_hangup: Timestamp,
});
export type Leg = Static<typeof Leg>;

/** A group call. The eleven members of the seed document come first, always present. */
export const Groupcall = Type.Object({
  id: Uuid,
  customer_id: Uuid,
  source: Address,
  destinations: Type.Array(Destination),
  ring_method: Type.String(),
  answer_method: Type.String(),
  answer_call_id: Uuid,
  call_ids: Type.Array(Uuid),
  tm_create: Timestamp,
  tm_update: Timestamp,
  tm_delete: Timestamp,
  owner_type: Type.String(),
  owner_id: Uuid,
  status: Type.String(),
  flow_id: Uuid,
  master_call_id: Uuid,
  master_groupcall_id: Uuid,
  answer_groupcall_id: Uuid,
  groupcall_ids: Type.Array(Uuid),
  call_count: Type.Integer(),
  groupcall_count: Type.Integer(),
  dial_index: Type.Integer(),
  hangup_reason: Type.String(),
  legs: Type.Array(Leg),
});
export type Groupcall = Static<typeof Groupcall>;
