import type { RingMethod } from '../records/group-call-record.ts';
import { linear } from './linear.ts';
import { ringAll } from './ring-all.ts';
import type { RingStrategy } from './strategy.ts';

/** The strategy of a ring method. */
export function ringStrategy(method: RingMethod): RingStrategy {
  switch (method) {
    case 'ring_all':
      return ringAll;
    case 'linear':
      return linear;
  }
}
