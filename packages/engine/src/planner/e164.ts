/** What people write between the digits. */
const SEPARATORS = /[ .\-()[\]/\u00A0]/g;

/** Country codes begin at 1, and 15 digits are the longest number there is (ITU-T E.164 §6). */
const E164 = /^\+[1-9]\d{1,14}$/;

/** `text` as E.164 with `+`, without spaces, dots, dashes and brackets; undefined when it is no such number. */
export function normaliseNumber(text: string): string | undefined {
  const number = text.replace(SEPARATORS, '');
  return E164.test(number) ? number : undefined;
}

/** Whether one of the prefixes (`+49`, or `49`) lets this number pass; an empty list lets none. */
export function isAllowedNumber(number: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => matchLength(number, prefix) !== undefined);
}

/** How many digits of `number` the prefix covers; undefined when it begins otherwise. */
export function matchLength(number: string, prefix: string): number | undefined {
  const bare = prefix.replace(SEPARATORS, '');
  const digits = bare.startsWith('+') ? bare : `+${bare}`;
  return number.startsWith(digits) ? digits.length - 1 : undefined;
}
