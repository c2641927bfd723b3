/** The same members, open to be written: for drafts that nobody else has seen yet. */
export type Mutable<State> = { -readonly [Member in keyof State]: State[Member] };
