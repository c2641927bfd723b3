/**
 * What one group call costs in the state machine alone: `node bench/engine-transition.ts [seconds]`.
 *
 * The call: so many phones, ring_all, all ring, the last answers, the others are cancelled and end, the last hangs up. With
 * three phones that is 14 steps. No store, no signaling, no timers. `projected` adds what a runner does on top: it makes the
 * record of everything that is to be written. Prints one JSON object a line.
 */
import {
  DEFAULT_GROUP_CALL_OPTIONS,
  type Address,
  type CallId,
  type CustomerId,
  type GroupCallId,
  type LegEnd,
} from '@groupcall/engine';
import {
  callRecord,
  groupCallRecord,
  start,
  transition,
  type Input,
  type Plan,
  type PlannedLeg,
  type Transition,
} from '../packages/engine/src/internal.ts';

const seconds = Number(process.argv[2] ?? 3);

/** A group call: its plan, and everything that happens to it after its start. */
interface Script {
  readonly plan: Plan;
  readonly life: readonly Input[];
}

function address(target: string): Address {
  return { type: 'endpoint', target, targetName: '', name: '', detail: '' };
}

function scriptOf(legs: number): Script {
  const callIds = Array.from({ length: legs }, (_value, at) => idOf(at + 1) as CallId);
  return { plan: planOf(callIds.map(memberOf)), life: lifeOf(callIds) };
}

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function memberOf(callId: CallId, at: number): PlannedLeg {
  const aor = `phone${at}@example.com`;
  return {
    kind: 'leg',
    callId,
    destination: address(aor),
    routes: [{ kind: 'contact', aor, contactId: aor, uri: `sip:phone${at}@192.0.2.1:5060` }],
    ringTimeoutMs: 30_000,
    delayMs: 0,
    headers: {},
  };
}

function planOf(members: readonly PlannedLeg[]): Plan {
  return {
    customerId: idOf(1000) as CustomerId,
    domain: 'example.com',
    source: address('caller@example.com'),
    ownerType: '',
    root: {
      kind: 'group',
      id: idOf(0) as GroupCallId,
      ringMethod: 'ring_all',
      answerMethod: 'hangup_others',
      destinations: members.map((member) => member.destination),
      members,
      delayMs: 0,
    },
    options: DEFAULT_GROUP_CALL_OPTIONS,
    anonymous: false,
    winner: 'stay',
    bare: false,
  };
}

function lifeOf(callIds: readonly CallId[]): Input[] {
  const losers = callIds.slice(0, -1);
  const winner = callIds.at(-1)!;
  const attempt = 1;
  const none = { redirectTo: [], tryNextRoute: false };
  const cancelled: LegEnd = { by: 'local', outcome: 'cancelled', sipCode: 487, detail: '487', ...none };
  const hungUp: LegEnd = { by: 'remote', outcome: 'normal', sipCode: 0, detail: 'BYE', ...none };
  const reasonSent = 'SIP;cause=200;text="Call completed elsewhere"';
  return [
    { type: 'prepared', batch: 1 },
    ...callIds.map((callId): Input => ({ type: 'leg-placed', callId, attempt, sipCallId: `${callId}@192.0.2.9` })),
    ...callIds.map((callId): Input => ({ type: 'leg-ringing', callId, attempt, sipCode: 180, earlyMedia: false })),
    { type: 'leg-answered', callId: winner, attempt },
    ...losers.map((callId): Input => ({ type: 'leg-released', callId, attempt, reasonSent })),
    ...losers.map((callId): Input => ({ type: 'leg-ended', callId, attempt, end: cancelled })),
    { type: 'leg-ended', callId: winner, attempt, end: hungUp },
  ];
}

type Look = (result: Transition) => number;

/** Plays one group call; the sum of what `look` makes of its steps keeps the work from being optimised away. */
function play({ plan, life }: Script, look: Look): number {
  let now = 1_000_000;
  let result = start(plan, now);
  let sum = look(result);
  for (const input of life) {
    now += 100;
    result = transition(result.state, input, now);
    sum += look(result);
  }
  if (!result.state.finished) throw new Error('the group call did not finish');
  return sum;
}

function countEffects({ effects }: Transition): number {
  return effects.length;
}

function projectAll({ state, effects }: Transition): number {
  const [first] = effects;
  if (first?.type !== 'persist') return effects.length;
  let records = 0;
  for (const id of first.groupCalls) if (groupCallRecord(state, id) !== undefined) records++;
  for (const id of first.calls) if (callRecord(state, id) !== undefined) records++;
  return effects.length + records;
}

function measure(name: string, script: Script, look: Look): void {
  const warmUntil = performance.now() + 500;
  while (performance.now() < warmUntil) play(script, look);
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  let calls = 0;
  let sum = 0;
  while (performance.now() < endAt) {
    for (let round = 0; round < 10; round++) sum += play(script, look);
    calls += 10;
  }
  const usPerCall = ((performance.now() - startedAt) * 1000) / calls;
  const steps = script.life.length + 1;
  console.log(
    JSON.stringify({
      benchmark: name,
      us_per_groupcall: round3(usPerCall),
      us_per_step: round3(usPerCall / steps),
      steps,
      effects: sum / calls,
      groupcalls_per_s: Math.round(1e6 / usPerCall),
    }),
  );
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

for (const legs of [3, 100]) {
  const script = scriptOf(legs);
  measure(`engine transition, ${legs}-leg ring_all`, script, countEffects);
  measure(`engine transition, ${legs}-leg ring_all, projected`, script, projectAll);
}
