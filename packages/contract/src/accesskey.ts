import { Type, type Static } from 'typebox';
import { closed, ResourceInput, ResourceMembers, Timestamp } from './primitives.ts';

/** `POST /accesskeys` */
export const AccesskeyInput = Type.Object(
  { ...ResourceInput, role: Type.Optional(Type.Enum(['admin', 'read'])), tm_expire: Type.Optional(Timestamp) },
  closed,
);
export type AccesskeyInput = Static<typeof AccesskeyInput>;

/** `PUT /accesskeys/{id}`: what is left out stays. */
export const AccesskeyUpdate = Type.Object({ ...ResourceInput, tm_expire: Type.Optional(Timestamp) }, closed);
export type AccesskeyUpdate = Static<typeof AccesskeyUpdate>;

export const Accesskey = Type.Object({
  ...ResourceMembers,
  role: Type.String(),
  tm_expire: Timestamp,
  token: Type.Optional(Type.String({ description: 'Shown once, when it is made.' })),
});
export type Accesskey = Static<typeof Accesskey>;
