import { Type, type Static } from 'typebox';
import { closed, line, OptionalDurationMs, ResourceInput, ResourceMembers, Timestamp } from './primitives.ts';

const Password = Type.String({ ...line(128), minLength: 6 });

/** `POST /extensions` */
export const ExtensionInput = Type.Object(
  {
    ...ResourceInput,
    extension: Type.String({
      pattern: '^[A-Za-z0-9._+-]{1,64}$',
      description: 'A name of 1 to 64 letters, digits and `. _ + -`.',
    }),
    password: Password,
    ring_timeout_ms: Type.Optional(OptionalDurationMs),
  },
  closed,
);
export type ExtensionInput = Static<typeof ExtensionInput>;

/** `PUT /extensions/{id}`: what is left out stays. */
export const ExtensionUpdate = Type.Object(
  {
    ...ResourceInput,
    password: Type.Optional(Password),
    ring_timeout_ms: Type.Optional(OptionalDurationMs),
  },
  closed,
);
export type ExtensionUpdate = Static<typeof ExtensionUpdate>;

/** A SIP account. Its password is never shown. */
export const Extension = Type.Object({
  ...ResourceMembers,
  extension: Type.String(),
  domain: Type.String(),
  username: Type.String(),
  ring_timeout_ms: Type.Integer({ description: 'Milliseconds; 0: as the group call says.' }),
});
export type Extension = Static<typeof Extension>;

/** A phone that is registered now. */
export const Contact = Type.Object({
  uri: Type.String(),
  q: Type.Number(),
  transport: Type.String(),
  address: Type.String({ description: 'Where it registered from.' }),
  user_agent: Type.String(),
  tm_expire: Timestamp,
});
export type Contact = Static<typeof Contact>;
