import type { TransportLayer } from '../transport/transport-layer.ts';
import type { TimerConfig } from './timer-config.ts';
import type { TimerService } from './timer-service.ts';
import type { TransactionCounters } from './transaction-counters.ts';
import type { UserGuard } from './user-guard.ts';

/** What the layer shares with every transaction. */
export interface TransactionContext {
  readonly transport: TransportLayer;
  readonly timers: TimerConfig;
  readonly service: TimerService;
  readonly guard: UserGuard;
  readonly counters: TransactionCounters;
}
