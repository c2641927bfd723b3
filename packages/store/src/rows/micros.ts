/**
 * Times are stored as whole microseconds since the epoch: integers sort and compare the same in every database, and a
 * double holds them exactly until the year 2255.
 */
export function toMicros(ms: number): number {
  return Math.round(ms * 1000);
}

/** Milliseconds since the epoch, with the microseconds as the fraction. */
export function fromMicros(micros: number): number {
  return micros / 1000;
}

/** `9999-01-01 00:00:00.000000`, the API's word for a time that has not come. */
export const NEVER_MICROS = Date.UTC(9999, 0, 1) * 1000;

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?$/;

/** A time as the API writes it (`YYYY-MM-DD HH:MM:SS.ffffff`, UTC) in microseconds; `undefined` when it is none. */
export function parseTimestamp(text: string): number | undefined {
  const [, date, time, fraction = ''] = TIMESTAMP.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const ms = Date.parse(`${date}T${time}Z`);
  // Some days that do not exist (30 February) are taken for the day after; only a real one reads the same again.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(`${date}T${time}`)) return undefined;
  return ms * 1000 + Number(fraction.padEnd(6, '0'));
}
