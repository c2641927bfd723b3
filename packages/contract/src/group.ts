import { Type, type Static } from 'typebox';
import { Destination, DestinationInput } from './address.ts';
import { MAX_DESTINATIONS } from './groupcall.ts';
import { AnswerMethodInput, GroupcallOptionsInput, RingMethodInput } from './groupcall-options.ts';
import { closed, ResourceInput, ResourceMembers } from './primitives.ts';

const Destinations = Type.Array(DestinationInput, { minItems: 1, maxItems: MAX_DESTINATIONS });

const Plan = {
  ring_method: Type.Optional(RingMethodInput),
  answer_method: Type.Optional(AnswerMethodInput),
  ...GroupcallOptionsInput,
};

/** `POST /groups` */
export const GroupInput = Type.Object({ ...ResourceInput, destinations: Destinations, ...Plan }, closed);
export type GroupInput = Static<typeof GroupInput>;

/** `PUT /groups/{id}`: what is left out stays. */
export const GroupUpdate = Type.Object(
  { ...ResourceInput, destinations: Type.Optional(Destinations), ...Plan },
  closed,
);
export type GroupUpdate = Static<typeof GroupUpdate>;

/** A saved plan of a group call. */
export const Group = Type.Object({
  ...ResourceMembers,
  destinations: Type.Array(Destination),
  ring_method: Type.String(),
  answer_method: Type.String(),
  ring_timeout_ms: Type.Integer(),
  timeout_ms: Type.Integer({ description: 'Milliseconds; 0: by the ring method.' }),
  talk_timeout_ms: Type.Integer(),
  redirects: Type.String(),
  fail_on: Type.Array(Type.Integer()),
  early_media: Type.String(),
  anonymous: Type.String(),
  headers: Type.Record(Type.String(), Type.String()),
  caller_id: Type.String(),
});
export type Group = Static<typeof Group>;
