/** Classes of characters of RFC 3261 §25.1, as bits of {@link CHAR_CLASS}. */
export const TOKEN = 1;
/** A host name or an IPv4 address. The underscore is not in the grammar, and is in the names of many hosts. */
export const HOST = 2;
/** userinfo, without its `:` and `@`. A bare `#` ought to be escaped; phones that dial codes send it as it is. */
export const USER = 4;
export const URI_PARAM = 8;
export const URI_HEADER = 16;
/** Value of a header parameter that is not quoted: wider than `gen-value`, since tags of some peers are base64. */
export const PARAM_VALUE = 32;
export const DIGIT = 64;
export const HEX = 128;
/** What is printed, without the space: Call-ID is made of it. */
export const VISIBLE = 256;

const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const UNRESERVED = `${ALPHANUMERIC}-_.!~*'()`;

/** The classes of each character up to 255, as bits. Reading past the end gives undefined: test `(x & bit) !== 0`. */
export const CHAR_CLASS: Readonly<Uint16Array> = makeCharClasses();

/** For each character of a token its lower-case code, 0 for every other. */
export const TOKEN_LOWER: Readonly<Uint8Array> = makeTokenLower();

function makeCharClasses(): Uint16Array {
  const classes = new Uint16Array(256);
  const add = (bit: number, characters: string): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      classes[code] = (classes[code] ?? 0) | bit;
    }
  };
  add(TOKEN, `${ALPHANUMERIC}-.!%*_+\`'~`);
  add(HOST, `${ALPHANUMERIC}-._`);
  add(USER, `${UNRESERVED}%&=+$,;?/#`);
  add(URI_PARAM, `${UNRESERVED}%[]/:&+$`);
  add(URI_HEADER, `${UNRESERVED}%[]/?:+$&=`);
  add(PARAM_VALUE, `${UNRESERVED}%#$&+/:=?@[]^\`{|}\\`);
  add(DIGIT, '0123456789');
  add(HEX, '0123456789abcdefABCDEF');
  for (let code = 33; code < 127; code++) add(VISIBLE, String.fromCharCode(code));
  return classes;
}

function makeTokenLower(): Uint8Array {
  const lower = new Uint8Array(256);
  for (let code = 0; code < 256; code++) {
    if (hasClass(code, TOKEN)) lower[code] = String.fromCharCode(code).toLowerCase().charCodeAt(0);
  }
  return lower;
}

/** Whether a character code is in a class. */
export function hasClass(code: number, bit: number): boolean {
  return ((CHAR_CLASS[code] ?? 0) & bit) !== 0;
}

/** Whether a text is a token (RFC 3261 §25.1): a method, a header name, an option tag. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (!hasClass(text.charCodeAt(index), TOKEN)) return false;
  return text !== '';
}
