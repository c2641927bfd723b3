import type { RingStrategy } from './strategy.ts';

/** Everybody at once, or after a delay of their own. */
export const ringAll: RingStrategy = {
  delays: true,
  next(turns) {
    for (let destination = 0; destination < turns.count; destination++) {
      if (turns.turn(destination) === 'waiting') return destination;
    }
    return undefined;
  },
};
