import type { IdSource } from '@groupcall/kernel';
import type { Customer } from '../directory/resources.ts';
import type { Plan, PlannedGroup, PlannedMasterCall } from '../group-call/plan.ts';
import type { Directory } from '../ports/directory.ts';
import type { LegRoute } from '../ports/signaling-port.ts';
import type { Address, Destination } from '../records/address.ts';
import type { GroupCallOptions } from '../records/group-call-options.ts';
import type { AnswerMethod, RingMethod } from '../records/group-call-record.ts';
import type { GroupCallId } from '../records/ids.ts';
import { rulesOf } from './destination-rules.ts';
import { PlanExpansion } from './plan-expansion.ts';
import { readRedirect } from './target.ts';
import { routesTo } from './routes-to.ts';

/** Who is to be rung, and how: a request that has been validated, or what an incoming call is routed to. */
export interface PlanRequest {
  readonly customer: Customer;
  readonly source: Address;
  readonly destinations: readonly Destination[];
  readonly ringMethod: RingMethod;
  readonly answerMethod: AnswerMethod;
  readonly options: GroupCallOptions;
  readonly ownerType?: string;
  readonly ownerId?: string;
  /** The saved group that these destinations are of, so that it is not rung within itself. */
  readonly savedGroupId?: string;
  readonly flowId?: string;
  /** What happens after the answer; `stay` when absent. */
  readonly winner?: Plan['winner'];
  readonly master?: PlannedMasterCall;
  /** A single call, which shows no group call. */
  readonly bare?: boolean;
  readonly resumeWindowMs?: number;
}

/** Ways to the target of a redirection, or why there are none. */
export interface RedirectRoutes {
  /** Best first. */
  readonly routes: readonly LegRoute[];
  /** Set when `routes` is empty, without a full stop. */
  readonly why: string;
}

/** Works out who is rung, through what, down to the last phone. Reads the directory and changes nothing. */
export class Planner {
  readonly #directory: Directory;
  readonly #ids: IdSource;

  constructor(directory: Directory, ids: IdSource) {
    this.#directory = directory;
    this.#ids = ids;
  }

  /** The whole plan, with every id given. A destination that can't be rung is in it as a leg that says why (rule 3). */
  async plan(request: PlanRequest): Promise<Plan> {
    const { customer, options, source, ownerId, flowId, master, resumeWindowMs } = request;
    return {
      customerId: customer.customerId,
      domain: customer.domain,
      source,
      ownerType: request.ownerType ?? '',
      ...(ownerId === undefined ? undefined : { ownerId }),
      ...(flowId === undefined ? undefined : { flowId }),
      root: await this.#root(request),
      options,
      anonymous: isAnonymous(source, options.anonymous),
      winner: request.winner ?? 'stay',
      ...(master === undefined ? undefined : { master }),
      bare: request.bare ?? false,
      ...(resumeWindowMs === undefined ? undefined : { resumeWindowMs }),
    };
  }

  /** Where a redirection leads, by the rules that hold for every destination (rule 22). */
  async resolveRedirect({ customerId, domain }: Plan, uri: string): Promise<RedirectRoutes> {
    const customer = await this.#directory.customer(customerId);
    if (customer === undefined) return { routes: [], why: 'the customer is gone' };
    const target = readRedirect(uri, domain);
    switch (target.kind) {
      case 'phone':
      case 'uri':
      case 'number':
        return routesTo(this.#directory, customer, target);
      default:
        return { routes: [], why: `${uri} can't be rung` };
    }
  }

  async #root(request: PlanRequest): Promise<PlannedGroup> {
    const { customer, destinations, options, ringMethod, answerMethod } = request;
    const expansion = new PlanExpansion(this.#directory, this.#ids, customer);
    return {
      kind: 'group',
      id: this.#ids.uuid() as GroupCallId,
      ringMethod,
      answerMethod,
      destinations,
      members: await expansion.members(destinations, rulesOf(options), request.savedGroupId),
      delayMs: 0,
      ...(options.timeoutMs === undefined ? undefined : { timeoutMs: options.timeoutMs }),
    };
  }
}

/** `auto` hides only what is hidden already: a caller without an address, or one that is anonymous by RFC 3323. */
function isAnonymous({ target }: Address, anonymous: GroupCallOptions['anonymous']): boolean {
  if (anonymous !== 'auto') return anonymous === 'yes';
  const bare = target.toLowerCase().replace(/^sips?:/, '');
  return bare === '' || bare === 'anonymous' || bare.endsWith('@anonymous.invalid');
}
