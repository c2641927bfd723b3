import type { Clock } from '@groupcall/kernel';

/** When a source that keeps failing is no longer listened to. Every member has a default. */
export interface SourceMuteLimits {
  /** Failures in a row, within `forgetMs` of one another, that mute a source. Default 10. */
  readonly failures: number;
  /** How long the first time, ms; each further time twice as long. Default 60 000. */
  readonly firstMuteMs: number;
  /** Default 3 600 000. */
  readonly longestMuteMs: number;
  /** A source that did nothing wrong for so long after its last failure or mute starts anew, ms. Default 600 000. */
  readonly forgetMs: number;
  /** Sources that are remembered; the one that failed longest ago is forgotten first. Default 10 000. */
  readonly maxSources: number;
}

interface FailingSource {
  failures: number;
  /** Times it was muted. */
  mutes: number;
  /** ms since the epoch; 0 while it never was. */
  mutedUntil: number;
  failedAt: number;
}

const DEFAULT_LIMITS: SourceMuteLimits = {
  failures: 10,
  firstMuteMs: 60_000,
  longestMuteMs: 3_600_000,
  forgetMs: 600_000,
  maxSources: 10_000,
};

/** Keeps account of addresses that fail to authenticate, and mutes those that don't stop for a time that grows. */
export class SourceMute {
  readonly #clock: Clock;
  readonly #limits: SourceMuteLimits;
  /** Failed longest ago first. */
  readonly #sources = new Map<string, FailingSource>();

  constructor(clock: Clock, limits: Partial<SourceMuteLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Sources that are remembered now. */
  get size(): number {
    return this.#sources.size;
  }

  isMuted(address: string): boolean {
    const source = this.#sources.get(address);
    return source !== undefined && source.mutedUntil > this.#clock.now();
  }

  /** Counts a failure; `weight` of them at once for one that leaves no doubt. Returns whether it muted the source. */
  fail(address: string, weight = 1): boolean {
    const now = this.#clock.now();
    const source = this.#remembered(address, now) ?? { failures: 0, mutes: 0, mutedUntil: 0, failedAt: now };
    source.failures += weight;
    source.failedAt = now;
    // Set again, it is the last one to be forgotten.
    this.#sources.delete(address);
    this.#sources.set(address, source);
    if (this.#sources.size > this.#limits.maxSources) this.#forgetOldest();
    if (source.failures < this.#limits.failures || source.mutedUntil > now) return false;
    const muteMs = Math.min(this.#limits.firstMuteMs * 2 ** source.mutes, this.#limits.longestMuteMs);
    source.mutedUntil = now + muteMs;
    source.mutes += 1;
    source.failures = 0;
    return true;
  }

  /** A source that proved who it is starts to be counted anew; how long it was muted before is not forgotten. */
  succeed(address: string): void {
    const source = this.#sources.get(address);
    if (source === undefined) return;
    if (source.mutes === 0) this.#sources.delete(address);
    else source.failures = 0;
  }

  /** How many failures mute a source at once. */
  get certain(): number {
    return this.#limits.failures;
  }

  #remembered(address: string, now: number): FailingSource | undefined {
    const source = this.#sources.get(address);
    if (source === undefined) return undefined;
    return Math.max(source.failedAt, source.mutedUntil) + this.#limits.forgetMs <= now ? undefined : source;
  }

  #forgetOldest(): void {
    const [oldest] = this.#sources.keys();
    if (oldest !== undefined) this.#sources.delete(oldest);
  }
}
