import { Type, type Static } from 'typebox';
import { closed, ResourceInput, ResourceMembers, Uuid } from './primitives.ts';

/** `POST /numbers` */
export const NumberInput = Type.Object(
  {
    ...ResourceInput,
    number: Type.String({
      pattern: '^(\\+[0-9]{3,15}|[A-Za-z0-9._*#-]{1,64})$',
      description:
        'A number in E.164 with `+`, or a name of 1 to 64 letters, digits and `. _ * # -` that callers dial.',
    }),
    group_id: Uuid,
  },
  closed,
);
export type NumberInput = Static<typeof NumberInput>;

/** `PUT /numbers/{id}`: what is left out stays. */
export const NumberUpdate = Type.Object({ ...ResourceInput, group_id: Type.Optional(Uuid) }, closed);
export type NumberUpdate = Static<typeof NumberUpdate>;

/** What callers dial, and the group it rings. */
export const NumberRoute = Type.Object({
  ...ResourceMembers,
  number: Type.String(),
  group_id: Uuid,
  flow_id: Uuid,
});
export type NumberRoute = Static<typeof NumberRoute>;
