import { parseArgs } from 'node:util';
import type { Effect, Input } from '../../packages/engine/src/internal.ts';
import { REAL_MACHINE } from './machine.ts';
import { simulate } from './simulator.ts';

const { values } = parseArgs({ options: { seed: { type: 'string' }, plan: { type: 'boolean', default: false } } });
const seed = Number(values.seed);
if (values.seed === undefined || !Number.isSafeInteger(seed) || seed < 0) {
  console.error(
    'usage: node test/simulation/replay.ts --seed N [--plan]\nPlays one seed of the simulator and logs every step.',
  );
  process.exit(2);
}

let startedAt: number | undefined;

/** A line an input or effect. */
function show(at: number, what: Input | Effect | string): void {
  startedAt ??= at;
  const time = `${((at - startedAt) / 1000).toFixed(3)} s`.padStart(11);
  if (typeof what === 'string') {
    if (values.plan || !what.startsWith('plan ')) console.log(`${time}     ${what}`);
  } else if (what.type === 'publish') {
    const { id, status } = what.subject;
    console.log(`${time}        event ${what.event} ${id} (${status})`);
  } else {
    console.log(`${time} ${isInput(what) ? '▶' : '   ◀'} ${describe(what)}`);
  }
}

const INPUTS: ReadonlySet<string> = new Set<Input['type']>([
  'prepared',
  'leg-placed',
  'leg-ringing',
  'leg-answered',
  'leg-released',
  'leg-ended',
  'redirect-resolved',
  'timer',
  'hang-up',
  'delete',
  'caller-gone',
  'caller-ended',
]);

function isInput(what: Input | Effect): what is Input {
  return INPUTS.has(what.type);
}

function describe(what: Input | Effect): string {
  if (what.type === 'place') return `place ${what.leg.callId} #${what.attempt} ${JSON.stringify(what.leg.route)}`;
  const { type, ...rest } = what;
  return `${type} ${JSON.stringify(rest)}`;
}

try {
  const { steps, legs, situations } = simulate(seed, REAL_MACHINE, show);
  console.log(`seed ${seed} holds, in ${steps} steps with ${legs} legs: ${[...situations].join('; ')}`);
} catch (error) {
  console.log(`seed ${seed} FAILS: ${String(error)}`);
  process.exitCode = 1;
}
