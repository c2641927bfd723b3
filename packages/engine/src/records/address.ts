/** What an address names; see groupcall rules, section "Who can be rung". */
export const ADDRESS_TYPES = ['endpoint', 'extension', 'sip', 'tel', 'agent', 'groupcall'] as const;
export type AddressType = (typeof ADDRESS_TYPES)[number];

/** Somebody who calls or can be called. Members that are unset are `''`. */
export interface Address {
  readonly type: AddressType;
  /** `name@domain`, an extension's name, a SIP URI, an E.164 number, or an id, by {@link AddressType}. */
  readonly target: string;
  readonly targetName: string;
  /** Display name. */
  readonly name: string;
  readonly detail: string;
}

/** An address to ring, with what holds for this destination alone. */
export interface Destination extends Address {
  /** How long this destination rings, in ms; the group's `ringTimeoutMs` when absent. */
  readonly ringTimeoutMs?: number;
  /** With `ring_all`: how long after the start this destination begins to ring, in ms. */
  readonly delayMs?: number;
  /** Header fields of the INVITE, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Shown to this phone in place of the source. */
  readonly callerId?: string;
}
