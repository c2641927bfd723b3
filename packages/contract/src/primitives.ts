import { Type } from 'typebox';

/** Makes the object closed: a member that is not known is refused by name. */
export const closed = { additionalProperties: false } as const;

/** What an id is when it is not known yet. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** What a time is when it has not come. */
export const NEVER = '9999-01-01 00:00:00.000000';

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** Tells whether a text is a UUID, of any version and in either case. */
export function isUuid(text: string): boolean {
  return new RegExp(UUID).test(text);
}

export const Uuid = Type.String({
  pattern: UUID,
  description: 'A UUID; the nil UUID when it is not known yet.',
});

/** UTC with microseconds, as the seed document has it. */
export const Timestamp = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{6}$',
  description: `A time in UTC, \`YYYY-MM-DD HH:MM:SS.ffffff\`; \`${NEVER}\` when it has not come.`,
});

/** A text of one line: it may be written into a header field, where a line break would begin another. */
export const line = (maxLength: number) =>
  Type.String({ maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$', description: 'A text of one line.' });

/** A name or a display name. */
export const Name = line(255);
export const Detail = Type.String({ maxLength: 4_096 });

/** Longest duration: a day. */
const MAX_DURATION_MS = 86_400_000;

export const DurationMs = Type.Integer({ minimum: 1, maximum: MAX_DURATION_MS, description: 'Milliseconds.' });

/** A duration that need not be set; 0 stands for that, as it does where it is shown. */
export const OptionalDurationMs = Type.Integer({
  minimum: 0,
  maximum: MAX_DURATION_MS,
  description: 'Milliseconds; 0: not set.',
});

/** How telephone numbers begin; `+` alone: every number. */
export const Prefix = Type.String({ pattern: '^\\+[0-9]{0,15}$', description: 'A prefix of numbers, such as `+49`.' });

/** Header fields by name. Names are tokens; values hold no line break, so that none can add a header. */
export const HeaderFields = Type.Record(Type.String({ pattern: "^[A-Za-z0-9!%*_+`'~.-]{1,64}$" }), line(1_024), {
  ...closed,
  maxProperties: 32,
  description: 'Header fields of the INVITE by name, which is a token (RFC 3261 §25.1).',
});

/** Members that every resource shows. */
export const ResourceMembers = {
  id: Uuid,
  customer_id: Uuid,
  name: Name,
  detail: Detail,
  tm_create: Timestamp,
  tm_update: Timestamp,
  tm_delete: Timestamp,
};

/** Members that can be given for every resource, when it is made and when it is changed. */
export const ResourceInput = {
  name: Type.Optional(Name),
  detail: Type.Optional(Detail),
  /** With the root key: whose resource it is. It never changes. */
  customer_id: Type.Optional(Uuid),
};
