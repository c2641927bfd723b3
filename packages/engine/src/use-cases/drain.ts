import type { UseCaseContext } from './context.ts';

/**
 * Lets the server come to rest: nothing new is taken, what lives may end by itself for `limitMs` ms, and what is left then
 * is hung up. Resolves when nothing lives and everything is written.
 */
export function createDrain({ gate, runner, clock, logger }: UseCaseContext) {
  return async function drain(limitMs: number): Promise<void> {
    gate.closed = true;
    const empty = runner.whenEmpty();
    const timer = clock.setTimeout(limitMs, () => {
      if (runner.size === 0) return;
      logger.warn({ live: runner.size, limitMs }, 'calls are hung up, because the server stops');
      runner.hangUpAll('shutdown');
    });
    await empty;
    clock.clearTimeout(timer);
  };
}
