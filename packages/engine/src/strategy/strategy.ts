/** Where a destination stands, as far as the order of ringing goes: its turn has not come, it is being tried, or it is over. */
export type Turn = 'waiting' | 'trying' | 'over';

/** The destinations of one group, in their order. */
export interface Turns {
  readonly count: number;
  turn(destination: number): Turn;
}

/** Decides who is rung next (rule 2). */
export interface RingStrategy {
  /** Whether a destination waits for its `delayMs` when its turn comes. */
  readonly delays: boolean;
  /**
   * The destination whose turn it is, counted from 0; undefined while there is none. Asked again after each one that was
   * begun, and whenever one has ended.
   */
  next(turns: Turns): number | undefined;
}
