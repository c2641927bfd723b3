import { Type, type Static, type TObject } from 'typebox';
import { DurationMs, HeaderFields, Name, OptionalDurationMs } from './primitives.ts';

/** Options that a group call and a saved group take beside their members. */
export const GroupcallOptionsInput = {
  ring_timeout_ms: Type.Optional(DurationMs),
  timeout_ms: Type.Optional(OptionalDurationMs),
  talk_timeout_ms: Type.Optional(DurationMs),
  redirects: Type.Optional(Type.Enum(['ignore', 'follow'])),
  fail_on: Type.Optional(Type.Array(Type.Integer({ minimum: 300, maximum: 699 }), { maxItems: 100 })),
  early_media: Type.Optional(Type.Enum(['never', 'single'])),
  anonymous: Type.Optional(Type.Enum(['yes', 'no', 'auto'])),
  headers: Type.Optional(HeaderFields),
  caller_id: Type.Optional(Name),
};

export type GroupcallOptionsInput = Static<TObject<typeof GroupcallOptionsInput>>;

/** `ring_all`, also when it is left empty. */
export const RingMethodInput = Type.Enum(['', 'ring_all', 'linear']);

/** `hangup_others`, also when it is left empty. */
export const AnswerMethodInput = Type.Enum(['', 'hangup_others']);

/** Steps that run after the answer. None is built in yet but an empty list, which ends the call. */
export const Actions = Type.Array(Type.Object({ type: Type.String() }, { additionalProperties: true }), {
  maxItems: 100,
});
