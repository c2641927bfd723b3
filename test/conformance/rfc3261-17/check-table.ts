import assert from 'node:assert/strict';
import { test } from 'node:test';

interface Step {
  readonly state: string;
  readonly actions: readonly string[];
}

/** What the RFC wants of one input in one state: the clause, the next state and what is done, in this order. */
export type Row<State, Input> = readonly [
  state: State,
  input: Input,
  requirement: string,
  next: State,
  actions: readonly string[],
];

/** One test a row, and one for each pair that no row names: that one must be ignored. */
export function checkTable<State extends string, Input extends string>(
  transition: (state: State, input: Input) => Step | undefined,
  states: readonly State[],
  inputs: readonly Input[],
  rows: readonly Row<State, Input>[],
): void {
  for (const [state, input, requirement, next, actions] of rows) {
    test(`${requirement} [${state}, ${input}]`, () => {
      assert.deepEqual(transition(state, input), { state: next, actions });
    });
  }
  const named = new Set(rows.map(([state, input]) => `${state} ${input}`));
  for (const state of states) {
    for (const input of inputs) {
      if (named.has(`${state} ${input}`)) continue;
      test(`MUST ignore ${input} in ${state} (no edge in the figure of the RFC)`, () => {
        assert.deepEqual(transition(state, input) ?? { state, actions: [] }, { state, actions: [] });
      });
    }
  }
}
