import type { Address, Destination } from '../records/address.ts';
import type { CustomerId } from '../records/ids.ts';
import type { GroupCallOptionsInput } from './complete-options.ts';

/** What is asked for by `POST /groupcalls` and `POST /calls` alike. */
export interface StartCalls {
  readonly customerId: CustomerId;
  readonly source: Address;
  /** 1 to 100. */
  readonly destinations: readonly Destination[];
  /** The flow that the answered call runs; the nil UUID counts as absent. */
  readonly flowId?: string | undefined;
  /** What the answered call does: absent, it stays up; empty, it is ended. `flowId` wins. */
  readonly actions?: readonly { readonly type: string }[] | undefined;
  readonly options?: GroupCallOptionsInput | undefined;
}

/** What is asked for by `POST /groupcalls`. */
export interface StartGroupCall extends StartCalls {
  /** `''` or absent: `ring_all`. */
  readonly ringMethod?: string | undefined;
  /** `''` or absent: `hangup_others`. */
  readonly answerMethod?: string | undefined;
  readonly ownerType?: string | undefined;
  readonly ownerId?: string | undefined;
}
