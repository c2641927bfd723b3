import { HeaderField } from '../message/header-field.ts';
import type { HeaderLine } from '../message/sip-message.ts';

/**
 * Makes sure that the user's header lines can be sent, before anything is changed by their being sent.
 * @throws ParseError for a name that is no token, or a line break in a value.
 */
export function checkHeaderLines(lines: readonly HeaderLine[] = []): void {
  for (const [name, value] of lines) HeaderField.of(name, value);
}
