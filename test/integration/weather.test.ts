import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Situation, SITUATIONS, WeatherStory } from './weather-story.ts';

const SEEDS = 300;
/** Replays one seed. */
const ONLY_SEED = process.env['GROUPCALL_WEATHER_SEED'];

function seedsToPlay(): readonly number[] {
  return ONLY_SEED === undefined ? Array.from({ length: SEEDS }, (_value, index) => index + 1) : [Number(ONLY_SEED)];
}

suite('group calls in bad weather: 20 % lost, some doubled, reordered', () => {
  test('MUST have one talker at most, leave nobody in a dead call, and leave nothing behind', async (context) => {
    const met = new Map<Situation, number>();
    const failures: string[] = [];
    for (const seed of seedsToPlay()) {
      try {
        for (const situation of await WeatherStory.play(seed)) met.set(situation, (met.get(situation) ?? 0) + 1);
      } catch (error) {
        const told = error instanceof Error ? error.message : 'failed';
        failures.push(`${told}\n  replay: GROUPCALL_WEATHER_SEED=${seed} node --test test/integration/weather.test.ts`);
      }
    }
    assert.equal(failures.length, 0, `\n${failures.join('\n')}`);
    for (const situation of SITUATIONS) {
      const times = met.get(situation) ?? 0;
      context.diagnostic(`${String(times).padStart(4)} × ${situation}`);
      if (ONLY_SEED === undefined) assert.ok(times >= 5, `"${situation}" was met ${times} times in ${SEEDS} seeds`);
    }
  });
});
