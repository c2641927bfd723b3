import type { Clock } from '@groupcall/kernel';
import type { LegRoute } from '../ports/signaling-port.ts';
import type { CallId } from '../records/ids.ts';
import { TokenBucket } from './token-bucket.ts';

export type TrunkRoute = Extract<LegRoute, { readonly kind: 'trunk' }>;

/** What one trunk carries. */
interface Load {
  readonly calls: Set<CallId>;
  bucket: TokenBucket | undefined;
}

/** Holds every trunk to the calls that it takes at once, and a second. */
export class TrunkLimits {
  readonly #clock: Clock;
  readonly #loads = new Map<string, Load>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a place for this leg. Why there is none, without a full stop; undefined when it was taken. */
  take({ trunkId, maxCalls, maxCps }: TrunkRoute, callId: CallId): string | undefined {
    if (maxCalls === undefined && maxCps === undefined) return undefined;
    const load = this.#load(trunkId);
    if (maxCalls !== undefined && load.calls.size >= maxCalls) return `the trunk takes ${maxCalls} calls at once`;
    if (maxCps !== undefined) {
      load.bucket ??= new TokenBucket(this.#clock, maxCps);
      if (load.bucket.take(maxCps, 1) > 0) return `the trunk takes ${maxCps} calls a second`;
    }
    load.calls.add(callId);
    return undefined;
  }

  /** Gives the place of this leg back. Idempotent. */
  free({ trunkId }: TrunkRoute, callId: CallId): void {
    this.#loads.get(trunkId)?.calls.delete(callId);
  }

  #load(trunkId: string): Load {
    let load = this.#loads.get(trunkId);
    if (load === undefined) {
      load = { calls: new Set(), bucket: undefined };
      this.#loads.set(trunkId, load);
    }
    return load;
  }
}
