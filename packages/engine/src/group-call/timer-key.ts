/** What a timer of a group call stands for. */
export type TimerName = 'total' | 'delay' | 'ring' | 'talk' | 'resume' | 'end';

/** Names one timer of one tree: `ring:<call id>`. Opaque to the runner. */
export type TimerKey = string & { readonly __brand: 'TimerKey' };

/** The timer of that name for the leg, the group or the master call with that id. */
export function timerKey(name: TimerName, id: string): TimerKey {
  return `${name}:${id}` as TimerKey;
}

/** Takes a key apart again. */
export function parseTimerKey(key: TimerKey): { readonly name: TimerName; readonly id: string } {
  const colon = key.indexOf(':');
  return { name: key.slice(0, colon) as TimerName, id: key.slice(colon + 1) };
}
