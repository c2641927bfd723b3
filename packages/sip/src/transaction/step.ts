/** What a state machine answers: the state it is in now, and what is to be done, in this order. */
export interface Step<State, Action> {
  readonly state: State;
  readonly actions: readonly Action[];
}

/**
 * A state machine as a table. What a state absorbs is listed without an action; what it does not list is of no meaning
 * there. The steps are made once, so that a transition costs no allocation.
 */
export type StateTable<State extends string, Input extends string, Action> = Readonly<
  Record<State, Readonly<Partial<Record<Input, Step<State, Action>>>>>
>;

/** The step of one input in one state; `undefined` when the input means nothing there. Pure and total. */
export function stepOf<State extends string, Input extends string, Action>(
  table: StateTable<State, Input, Action>,
  state: State,
  input: Input,
): Step<State, Action> | undefined {
  return table[state][input];
}
