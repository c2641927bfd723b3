/** Options of a group call beside its members. All times in ms. */
export interface GroupCallOptions {
  /** How long each destination rings, unless it has a time of its own (rule 15). */
  readonly ringTimeoutMs: number;
  /** Total time until an answer (rule 15); absent: 120000 with `ring_all`, the sum of the ring timeouts with `linear`. */
  readonly timeoutMs?: number;
  /** Longest talk time after the answer; the call then ends with `timeout`. */
  readonly talkTimeoutMs: number;
  /** What a 3xx of a phone does (rule 22). */
  readonly redirects: 'ignore' | 'follow';
  /** SIP status codes of one leg that end the whole group (rule 20). */
  readonly failOn: readonly number[];
  /** Whether the caller hears early media: never, or when a single leg rings (rule 19). */
  readonly earlyMedia: 'never' | 'single';
  /** Whether the phones see who calls; `auto`: hidden only when the source itself is anonymous. */
  readonly anonymous: 'yes' | 'no' | 'auto';
  /** Header fields of every INVITE, by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Shown to the phones in place of the source. */
  readonly callerId?: string;
}

/** What holds when a request says nothing. */
export const DEFAULT_GROUP_CALL_OPTIONS: GroupCallOptions = {
  ringTimeoutMs: 30_000,
  talkTimeoutMs: 4 * 3_600_000,
  redirects: 'ignore',
  failOn: [],
  earlyMedia: 'never',
  anonymous: 'auto',
  headers: {},
};

/** Total time of a `ring_all` that sets none, in ms (rule 15). */
export const DEFAULT_RING_ALL_TIMEOUT_MS = 120_000;
