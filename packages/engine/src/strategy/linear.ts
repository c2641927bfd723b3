import type { RingStrategy } from './strategy.ts';

/** One after the other, in the given order: the next only when the one before has ended, whatever it ended with. */
export const linear: RingStrategy = {
  delays: false,
  next(turns) {
    for (let destination = 0; destination < turns.count; destination++) {
      const turn = turns.turn(destination);
      if (turn !== 'over') return turn === 'waiting' ? destination : undefined;
    }
    return undefined;
  },
};
