import { NEVER } from './primitives.ts';

/** A moment in ms since the epoch (microseconds as the fraction) as the API writes it; absent: {@link NEVER}. */
export function formatTime(ms: number | undefined): string {
  if (ms === undefined) return NEVER;
  const micros = Math.round(ms * 1_000);
  const fraction = String(((micros % 1_000) + 1_000) % 1_000).padStart(3, '0');
  return `${withoutZone(Math.floor(micros / 1_000))}${fraction}`;
}

/** `2026-01-01 00:00:00.000`, in UTC. */
function withoutZone(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})\.(\d{3})(\d{3})$/;

/** Reads what {@link formatTime} writes, in ms since the epoch; `undefined` when it is something else or {@link NEVER}. */
export function parseTime(text: string): number | undefined {
  const found = WRITTEN.exec(text);
  if (found === null || text === NEVER) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milli = 0, micro = 0] = found
    .slice(1)
    .map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, milli);
  // What the calendar or the clock does not have rolls over into another day or hour; that is no time.
  return text.startsWith(withoutZone(ms)) ? ms + micro / 1_000 : undefined;
}
