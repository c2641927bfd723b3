import type { SeededRandom } from '@groupcall/testkit';
import {
  DEFAULT_GROUP_CALL_OPTIONS,
  type Address,
  type CallId,
  type CustomerId,
  type GroupCallId,
  type GroupCallOptions,
  type LegRoute,
  type RingMethod,
} from '@groupcall/engine';
import type { Plan, PlannedGroup, PlannedLeg, PlannedMember } from '../../packages/engine/src/internal.ts';

const MAX_LEGS = 20;
const MAX_DEPTH = 5;

/** What one seed is about: who is to be rung, and what the world around does by itself. */
export interface Scenario {
  readonly plan: Plan;
  /** All times are multiples of it, so that the larger it is the more things happen in the same moment; ms. */
  readonly quantumMs: number;
  /** How long a commit takes at most, in ms. */
  readonly commitMs: number;
  /** The caller gives up at this moment after the start, in ms, if nobody has answered. */
  readonly callerGivesUpMs: number | undefined;
  /** How many orders come through the API. */
  readonly orders: number;
  /** Inputs that make no sense come in between. */
  readonly nonsense: boolean;
}

export const CALLER_ID = 'caller' as CallId;

/** The id of the leg with that path. Ids are made of the paths, so that a log can be read. */
export function callId(path: string): CallId {
  return `call-${path}` as CallId;
}

export function groupId(path: string): GroupCallId {
  return (path === '' ? 'group' : `group-${path}`) as GroupCallId;
}

/** The contact URI of the phone that a leg rings. */
export function phoneUri(path: string): string {
  return `sip:${path}@phones.test`;
}

/** Makes one up. The same random numbers give the same scenario. */
export function makeScenario(random: SeededRandom): Scenario {
  const quantumMs = random.pick([1, 1, 10, 100, 500]);
  const budget = { legs: 1 + Math.floor(MAX_LEGS * random.next() ** 2) };
  const options = makeOptions(random);
  const root = makeGroup(random, '', 1, budget, options);
  const hasCaller = random.chance(0.5);
  return {
    plan: {
      customerId: 'customer' as CustomerId,
      domain: 'test',
      source: address('source'),
      ownerType: '',
      root,
      options,
      anonymous: false,
      winner: random.chance(0.08) ? 'hang-up' : 'stay',
      bare: random.chance(0.08),
      ...(random.chance(0.2) ? { resumeWindowMs: random.pick([200, 2000, 5000]) } : undefined),
      ...(hasCaller
        ? {
            master: {
              callId: CALLER_ID,
              sipCallId: 'caller@test',
              source: address('source'),
              destination: address('dialled'),
            },
          }
        : undefined),
    },
    quantumMs,
    commitMs: random.pick([0, 2, 20, 3000]),
    callerGivesUpMs: hasCaller && random.chance(0.35) ? random.integer(0, random.pick([50, 3000, 40_000])) : undefined,
    orders: random.chance(0.6) ? 0 : random.integer(1, 3),
    nonsense: random.chance(0.2),
  };
}

function makeOptions(random: SeededRandom): GroupCallOptions {
  return {
    ...DEFAULT_GROUP_CALL_OPTIONS,
    talkTimeoutMs: random.pick([3000, 20_000, 60_000]),
    redirects: random.chance(0.5) ? 'follow' : 'ignore',
    earlyMedia: random.chance(0.5) ? 'single' : 'never',
    failOn: random.chance(0.2) ? random.pick([[603], [486], [404, 603], [302]]) : [],
    ...(random.chance(0.4) ? { timeoutMs: random.integer(500, 40_000) } : undefined),
  };
}

function makeGroup(
  random: SeededRandom,
  path: string,
  depth: number,
  budget: { legs: number },
  options: GroupCallOptions,
): PlannedGroup {
  const ringMethod: RingMethod = random.chance(0.5) ? 'ring_all' : 'linear';
  const members: PlannedMember[] = [];
  do {
    const memberPath = path === '' ? `${members.length + 1}` : `${path}.${members.length + 1}`;
    if (depth < MAX_DEPTH && random.chance(0.3)) {
      members.push(makeGroup(random, memberPath, depth + 1, budget, options));
    } else {
      members.push(makeLeg(random, memberPath));
      budget.legs--;
    }
  } while (budget.legs > 0 && random.chance(depth === 1 ? 0.9 : 0.6));
  return {
    kind: 'group',
    id: groupId(path),
    ringMethod,
    answerMethod: 'hangup_others',
    destinations: members.map(() => address(path)),
    members,
    delayMs: path !== '' && random.chance(0.2) ? random.integer(0, 5000) : 0,
    ...(path !== '' && random.chance(0.15) ? { timeoutMs: random.integer(500, 20_000) } : undefined),
  };
}

function makeLeg(random: SeededRandom, path: string): PlannedLeg {
  return {
    kind: 'leg',
    callId: callId(path),
    destination: address(path),
    routes: makeRoutes(random, path),
    ...(random.chance(0.07) ? { failure: 'not dialled: no registered contact' } : undefined),
    ringTimeoutMs: random.pick([1000, 5000, 15_000, 30_000]),
    delayMs: random.chance(0.25) ? random.integer(0, 5000) : 0,
    headers: {},
  };
}

function makeRoutes(random: SeededRandom, path: string): LegRoute[] {
  if (random.chance(0.8)) return [{ kind: 'contact', aor: path, contactId: path, uri: phoneUri(path) }];
  return Array.from({ length: random.integer(1, 3) }, (_value, at) => ({
    kind: 'trunk',
    trunkId: `trunk-${at}`,
    number: `+${path}`,
  }));
}

function address(target: string): Address {
  return { type: 'endpoint', target, targetName: '', name: '', detail: '' };
}
