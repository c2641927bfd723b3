import type { IdSource } from '@groupcall/kernel';
import type { Customer } from '../directory/resources.ts';
import type { PlannedGroup, PlannedLeg, PlannedMember } from '../group-call/plan.ts';
import type { Directory } from '../ports/directory.ts';
import type { LegRoute } from '../ports/signaling-port.ts';
import type { Address, Destination } from '../records/address.ts';
import type { CallId, GroupCallId } from '../records/ids.ts';
import { type InheritedRules, rulesFor, rulesWithin } from './destination-rules.ts';
import { MAX_DEPTH, MAX_LEGS, PlanBudget } from './plan-budget.ts';
import { type Reachable, routesTo, type TargetRoutes } from './routes-to.ts';
import { phoneKey } from './sip-target.ts';
import { readTarget, type Target } from './target.ts';

/** A destination on its way into the plan. */
interface Spot {
  readonly destination: Destination;
  /** Of the destination and what is nested in it. */
  readonly rules: InheritedRules;
  /** Destination numbers from the root down, counted from 1: `2.1`. */
  readonly path: string;
  /** How many groups are around it, the root not counted. */
  readonly depth: number;
  /** Keys of the agents and saved groups around it. */
  readonly within: readonly string[];
}

/** The one who is rung by a nested group: an agent, a saved group, or a phone with several contacts. */
type GroupShape = Pick<PlannedGroup, 'ringMethod' | 'answerMethod' | 'destinations' | 'timeoutMs'> & {
  readonly rules: InheritedRules;
};

type LegShape = Pick<PlannedLeg, 'routes' | 'failure'> & { readonly ringTimeoutMs?: number };

/** Turns destinations into planned legs and groups, within the limits of one root group call. For one use. */
export class PlanExpansion {
  readonly #directory: Directory;
  readonly #ids: IdSource;
  readonly #customer: Customer;
  readonly #budget = new PlanBudget();

  constructor(directory: Directory, ids: IdSource, customer: Customer) {
    this.#directory = directory;
    this.#ids = ids;
    this.#customer = customer;
  }

  /**
   * One member for each destination of the root, in their order. There may be no more than {@link MAX_LEGS}.
   *
   * @param savedGroupId the saved group that the root itself is.
   */
  members(
    destinations: readonly Destination[],
    rules: InheritedRules,
    savedGroupId?: string,
  ): Promise<readonly PlannedMember[]> {
    if (!this.#budget.take(destinations.length)) throw new RangeError(`more than ${MAX_LEGS} destinations`);
    const within = savedGroupId === undefined ? [] : [`group:${savedGroupId}`];
    return this.#expandAll(destinations, rules, '', 0, within);
  }

  /** One after the other: which of two equal phones is rung must not depend on who was looked up faster. */
  async #expandAll(
    destinations: readonly Destination[],
    rules: InheritedRules,
    around: string,
    depth: number,
    within: readonly string[],
  ): Promise<readonly PlannedMember[]> {
    const members: PlannedMember[] = [];
    for (const [index, destination] of destinations.entries()) {
      const path = `${around}${index + 1}`;
      members.push(await this.#expand({ destination, rules: rulesFor(rules, destination), path, depth, within }));
    }
    return members;
  }

  #expand(spot: Spot): Promise<PlannedMember> | PlannedMember {
    const target = readTarget(spot.destination, this.#customer.domain);
    switch (target.kind) {
      case 'agent':
      case 'group':
        return this.#expandSaved(spot, target);
      case 'phone':
      case 'uri':
      case 'number':
        return this.#expandPhone(spot, target);
      case 'malformed':
        return this.#failed(spot, `${spot.destination.target} ${target.problem}`);
      case 'foreign':
        return this.#failed(spot, `${target.domain} is not the domain of this customer`);
    }
  }

  async #expandPhone(spot: Spot, target: Reachable): Promise<PlannedMember> {
    const found = await routesTo(this.#directory, this.#customer, target);
    const [best] = found.routes;
    if (best === undefined) return this.#failed(spot, found.why);
    if (best.kind === 'contact') return this.#expandContacts(spot, best.aor, found);
    return this.#legOnce(spot, { routes: found.routes });
  }

  /** Several contacts are a group of their own, as far as depth and legs allow; else the best contact alone is rung. */
  #expandContacts(spot: Spot, aor: string, { routes, ringTimeoutMs }: TargetRoutes): PlannedMember {
    const before = this.#budget.claim(`aor:${aor}`, spot.path);
    if (before !== undefined) return this.#failed(spot, `the same phone as destination ${before}`);
    const time = ringTimeoutMs === undefined ? undefined : { ringTimeoutMs };
    const count = Math.min(routes.length, spot.depth < MAX_DEPTH ? this.#budget.left + 1 : 1);
    if (count === 1) return this.#legOnce(spot, { routes: routes.slice(0, 1), ...time });
    this.#budget.take(count - 1);
    const destinations = routes.slice(0, count).map((route) => contactAddress(spot.destination, route));
    const members = destinations.map((address, index) => {
      const destination = { ...spot.destination, ...address, delayMs: 0 };
      const path = `${spot.path}.${index + 1}`;
      return this.#legOnce({ ...spot, destination, path }, { routes: routes.slice(index, index + 1), ...time });
    });
    return this.#group(spot, { ringMethod: 'ring_all', answerMethod: 'hangup_others', destinations }, members);
  }

  async #expandSaved(
    spot: Spot,
    target: Extract<Target, { readonly kind: 'agent' | 'group' }>,
  ): Promise<PlannedMember> {
    const what = target.kind === 'agent' ? 'agent' : 'saved group';
    const key = `${target.kind}:${target.id}`;
    if (spot.within.includes(key)) return this.#failed(spot, `this ${what} rings itself`);
    if (spot.depth >= MAX_DEPTH) return this.#failed(spot, `group calls are nested at most ${MAX_DEPTH} deep`);
    const before = this.#budget.claim(key, spot.path);
    if (before !== undefined) return this.#failed(spot, `the same ${what} as destination ${before}`);
    const shape = await this.#lookUp(spot, target);
    if (shape === undefined) return this.#failed(spot, `no such ${what}`);
    const { destinations } = shape;
    if (destinations.length === 0) return this.#failed(spot, `the ${what} has no destinations`);
    // The leg that this destination took already is the first one's.
    if (!this.#budget.take(destinations.length - 1)) {
      return this.#failed(spot, `a group call has at most ${MAX_LEGS} legs`);
    }
    const within = [...spot.within, key];
    const members = await this.#expandAll(destinations, shape.rules, `${spot.path}.`, spot.depth + 1, within);
    return this.#group(spot, shape, members);
  }

  async #lookUp(
    { rules, destination }: Spot,
    { kind, id }: Extract<Target, { readonly kind: 'agent' | 'group' }>,
  ): Promise<GroupShape | undefined> {
    const { customerId } = this.#customer;
    if (kind === 'agent') {
      const agent = await this.#directory.agent(customerId, id);
      if (agent === undefined) return undefined;
      const limit = shortest(destination.ringTimeoutMs, undefined);
      return {
        ringMethod: agent.ringMethod,
        answerMethod: 'hangup_others',
        destinations: agent.addresses,
        rules,
        ...limit,
      };
    }
    const group = await this.#directory.group(customerId, id);
    if (group === undefined) return undefined;
    const { ringMethod, answerMethod, destinations, options } = group;
    const limit = shortest(destination.ringTimeoutMs, options.timeoutMs);
    return { ringMethod, answerMethod, destinations, rules: rulesWithin(rules, options), ...limit };
  }

  /** A phone that is in the plan already is not rung a second time. */
  #legOnce(spot: Spot, leg: LegShape): PlannedLeg {
    const [route] = leg.routes;
    const key = route === undefined ? undefined : route.kind === 'trunk' ? route.number : phoneKey(route.uri);
    const before = key === undefined ? undefined : this.#budget.claim(key, spot.path);
    return before === undefined ? this.#leg(spot, leg) : this.#failed(spot, `the same phone as destination ${before}`);
  }

  #failed(spot: Spot, why: string): PlannedLeg {
    return this.#leg(spot, { routes: [], failure: `not dialled: ${why}` });
  }

  #leg({ destination, rules }: Spot, { routes, failure, ringTimeoutMs }: LegShape): PlannedLeg {
    const { type, target, targetName, name, detail } = destination;
    return {
      kind: 'leg',
      callId: this.#ids.uuid() as CallId,
      destination: { type, target, targetName, name, detail },
      routes,
      ...(failure === undefined ? undefined : { failure }),
      ringTimeoutMs: destination.ringTimeoutMs ?? ringTimeoutMs ?? rules.ringTimeoutMs,
      delayMs: destination.delayMs ?? 0,
      ...(rules.callerId === undefined ? undefined : { callerId: rules.callerId }),
      headers: rules.headers,
    };
  }

  #group(
    { destination }: Spot,
    { ringMethod, answerMethod, destinations, timeoutMs }: Omit<GroupShape, 'rules'>,
    members: readonly PlannedMember[],
  ): PlannedGroup {
    return {
      kind: 'group',
      id: this.#ids.uuid() as GroupCallId,
      ringMethod,
      answerMethod,
      destinations,
      members,
      delayMs: destination.delayMs ?? 0,
      ...(timeoutMs === undefined ? undefined : { timeoutMs }),
    };
  }
}

function contactAddress({ name, detail }: Address, route: LegRoute): Address {
  const { uri, aor } = route.kind === 'contact' ? route : { uri: '', aor: '' };
  return { type: 'sip', target: uri, targetName: aor, name, detail };
}

function shortest(one: number | undefined, other: number | undefined): { readonly timeoutMs?: number } {
  const timeoutMs = one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
  return timeoutMs === undefined ? {} : { timeoutMs };
}
