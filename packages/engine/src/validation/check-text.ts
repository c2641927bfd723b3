import { invalidArgument } from '../errors.ts';

/** RFC 3261 §25.1: a token. */
const HEADER_NAME = /^[A-Za-z0-9.!%*_+`'~-]{1,64}$/;

/** What could end a line of a SIP message, and all else that no text needs. */
// eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/;

const MAX_HEADERS = 32;
const MAX_HEADER_LENGTH = 1024;

/** Throws INVALID_ARGUMENT for a text that is too long, or that could break out of the line it is written to. */
export function checkText(member: string, text: string, maxLength: number): void {
  if (text.length > maxLength) {
    throw invalidArgument(member, `has ${text.length} characters`, `at most ${maxLength} characters long`);
  }
  if (CONTROL.test(text)) throw invalidArgument(member, 'holds control characters', 'text without line breaks');
}

/** Throws INVALID_ARGUMENT for header fields that could not be sent. */
export function checkHeaders(member: string, headers: Readonly<Record<string, string>>): void {
  const fields = Object.entries(headers);
  if (fields.length > MAX_HEADERS) {
    throw invalidArgument(member, `has ${fields.length} header fields`, `at most ${MAX_HEADERS} header fields`);
  }
  for (const [name, value] of fields) {
    if (!HEADER_NAME.test(name)) {
      throw invalidArgument(member, `has a header field ${JSON.stringify(name)}`, 'header fields with tokens as names');
    }
    checkText(`${member}.${name}`, value, MAX_HEADER_LENGTH);
  }
}

/** Throws INVALID_ARGUMENT unless the value is a whole number within the bounds. */
export function checkWhole(member: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalidArgument(member, `is ${value}`, `a whole number from ${least} to ${most}`);
  }
}

/** The value when it is one of `allowed`; throws INVALID_ARGUMENT otherwise. */
export function checkOneOf<Allowed extends string>(
  member: string,
  value: string,
  allowed: readonly Allowed[],
): Allowed {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalidArgument(member, `is ${JSON.stringify(value)}`, `one of ${allowed.join(', ')}`);
}
