import type { Clock } from '@groupcall/kernel';
import type { Customer } from '../directory/resources.ts';
import { legLimitExceeded, rateLimitExceeded } from '../errors.ts';
import type { Plan } from '../group-call/plan.ts';
import type { CustomerId, GroupCallId } from '../records/ids.ts';
import { peakLegs } from './peak-legs.ts';
import { TokenBucket } from './token-bucket.ts';

/** What one root takes of its customer's limits. */
interface Share {
  readonly legs: number;
  /** 0 for a bare call, which is no group call. */
  readonly groupCalls: 0 | 1;
}

/** What a customer has alive. The sums follow from the shares, and change with nothing else. */
class Usage {
  readonly #shares = new Map<GroupCallId, Share>();
  #legs = 0;
  #groupCalls = 0;

  get legs(): number {
    return this.#legs;
  }

  get groupCalls(): number {
    return this.#groupCalls;
  }

  get isEmpty(): boolean {
    return this.#shares.size === 0;
  }

  set(root: GroupCallId, share: Share | undefined): void {
    const before = this.#shares.get(root);
    this.#legs += (share?.legs ?? 0) - (before?.legs ?? 0);
    this.#groupCalls += (share?.groupCalls ?? 0) - (before?.groupCalls ?? 0);
    if (share === undefined) this.#shares.delete(root);
    else this.#shares.set(root, share);
  }
}

/** Holds every customer to its limits: group calls and legs alive at once, and new ones a second. */
export class CallLimits {
  readonly #clock: Clock;
  readonly #usage = new Map<CustomerId, Usage>();
  readonly #buckets = new Map<CustomerId, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Checks whether these plans may begin now, all together, and counts them against the rate. Each must then be put on
   * the account with {@link hold}, before anything else happens.
   *
   * @throws EngineError LEG_LIMIT_EXCEEDED or RATE_LIMIT_EXCEEDED, with the time after which it is worth trying again.
   */
  admit({ customerId, maxGroupcalls, maxLegs, cps }: Customer, plans: readonly Plan[]): void {
    const usage = this.#usage.get(customerId);
    let legs = usage?.legs ?? 0;
    let groupCalls = usage?.groupCalls ?? 0;
    for (const plan of plans) {
      legs += peakLegs(plan);
      groupCalls += plan.bare ? 0 : 1;
    }
    if (groupCalls > maxGroupcalls) throw legLimitExceeded('max_groupcalls', maxGroupcalls, groupCalls);
    if (legs > maxLegs) throw legLimitExceeded('max_legs', maxLegs, legs);
    const waitMs = this.#bucket(customerId, cps).take(cps, plans.length);
    if (waitMs > 0) throw rateLimitExceeded(cps, waitMs);
  }

  /** Notes how many legs this root has, or may have, alive. */
  hold({ customerId, root, bare }: Plan, legs: number): void {
    let usage = this.#usage.get(customerId);
    if (usage === undefined) {
      usage = new Usage();
      this.#usage.set(customerId, usage);
    }
    usage.set(root.id, { legs, groupCalls: bare ? 0 : 1 });
  }

  /** Takes this root off the account. */
  release({ customerId, root }: Plan): void {
    const usage = this.#usage.get(customerId);
    usage?.set(root.id, undefined);
    if (usage?.isEmpty === true) this.#usage.delete(customerId);
  }

  #bucket(customerId: CustomerId, cps: number): TokenBucket {
    let bucket = this.#buckets.get(customerId);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#clock, cps);
      this.#buckets.set(customerId, bucket);
    }
    return bucket;
  }
}
