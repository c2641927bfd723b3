/** The value that this share (0 to 1) of the values does not exceed: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Rounded to so many significant digits: more would only be noise. */
export function significant(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
