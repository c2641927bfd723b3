import { Scanner } from './scanner.ts';

const QUOTE = 34;
const COMMA = 44;
const LESS_THAN = 60;
const GREATER_THAN = 62;

/**
 * Splits a header value at its commas, but not at those in quotes or in `<>`. Empty elements are left out.
 * @throws ParseError for a quote or a `<` that is not closed.
 */
export function splitCommaList(value: string): string[] {
  if (!value.includes(',')) {
    const only = value.trim();
    return only === '' ? [] : [only];
  }
  const elements: string[] = [];
  const scanner = Scanner.over(value);
  let start = 0;
  const take = (): void => {
    const element = scanner.textOf(start, scanner.pos).trim();
    if (element !== '') elements.push(element);
    start = scanner.pos + 1;
  };
  while (!scanner.atEnd) {
    const code = scanner.peek();
    if (code === QUOTE) {
      scanner.skipQuoted();
      continue;
    }
    if (code === LESS_THAN) scanner.pos = closingBracket(scanner);
    else if (code === COMMA) take();
    scanner.pos++;
  }
  take();
  return elements;
}

function closingBracket(scanner: Scanner): number {
  const close = scanner.bytes.indexOf(GREATER_THAN, scanner.pos);
  return close < 0 ? scanner.fail('"<" without ">"') : close;
}
