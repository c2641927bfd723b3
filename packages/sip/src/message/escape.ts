import { hasClass, HEX } from './char-class.ts';

const PERCENT = 37;
const UNRESERVED = /^[A-Za-z0-9\-_.!~*'()]$/;

/** Index of the first `%` that two hex digits do not follow, -1 when there is none. */
export function findBadEscape(text: string): number {
  for (let index = text.indexOf('%'); index >= 0; index = text.indexOf('%', index + 1)) {
    if (!hasClass(text.charCodeAt(index + 1), HEX) || !hasClass(text.charCodeAt(index + 2), HEX)) return index;
  }
  return -1;
}

/** Puts the characters in for the escapes of a URI. Escapes that are no UTF-8 stay as they are. */
export function unescape(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, unescapeRun);
  }
}

function unescapeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}

/** Escapes every character that is not of the class `bit`, and the `%` itself. */
export function escape(text: string, bit: number): string {
  let escaped = '';
  for (const character of text) {
    const code = character.charCodeAt(0);
    const plain = code !== PERCENT && hasClass(code, bit);
    escaped += plain ? character : escapeCharacter(character);
  }
  return escaped;
}

function escapeCharacter(character: string): string {
  let escaped = '';
  for (const byte of Buffer.from(character)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}

/**
 * Escaped text in the form in which it is compared (RFC 3261 §19.1.4): an unreserved character equals its escape, a
 * reserved one does not.
 */
export function normalizeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}
