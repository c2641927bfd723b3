import { TOKEN_LOWER } from './char-class.ts';
import { ParseError } from './parse-error.ts';

/** A header's name, ready to be looked for among the fields of a message. */
export interface HeaderName {
  /** As it is written in the RFC that defines it, in its long form. */
  readonly name: string;
  /** Of the long form, see {@link hashOfName}. */
  readonly hash: number;
  /** The compact form in lower case, '' without one. */
  readonly compact: string;
  /** Its values may stand in one line, with commas between them. */
  readonly isList: boolean;
}

function define(name: string, isList = false, compact = ''): HeaderName {
  return { name, hash: hashText(name), compact, isList };
}

const LIST = true;
export const CALL_ID = define('Call-ID', false, 'i');
export const CONTACT = define('Contact', LIST, 'm');
export const CONTENT_LENGTH = define('Content-Length', false, 'l');
export const CONTENT_TYPE = define('Content-Type', false, 'c');
export const CSEQ = define('CSeq');
export const EXPIRES = define('Expires');
export const FROM = define('From', false, 'f');
export const MAX_FORWARDS = define('Max-Forwards');
export const RECORD_ROUTE = define('Record-Route', LIST);
export const ROUTE = define('Route', LIST);
export const TIMESTAMP = define('Timestamp');
export const TO = define('To', false, 't');
export const VIA = define('Via', LIST, 'v');

const REGISTERED: readonly HeaderName[] = [
  CALL_ID,
  CONTACT,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  CSEQ,
  EXPIRES,
  FROM,
  MAX_FORWARDS,
  RECORD_ROUTE,
  ROUTE,
  TIMESTAMP,
  TO,
  VIA,
  ...[
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Alert-Info',
    'Allow',
    'Call-Info',
    'Content-Language',
    'Error-Info',
    'History-Info',
    'In-Reply-To',
    'P-Asserted-Identity',
    'P-Associated-URI',
    'P-Preferred-Identity',
    'Path',
    'Permission-Missing',
    'Proxy-Require',
    'Reason',
    'Recv-Info',
    'Require',
    'Security-Client',
    'Security-Server',
    'Security-Verify',
    'Service-Route',
    'Diversion',
    'Unsupported',
    'Warning',
  ].map((name) => define(name, LIST)),
  define('Accept-Contact', LIST, 'a'),
  define('Allow-Events', LIST, 'u'),
  define('Content-Encoding', LIST, 'e'),
  define('Event', false, 'o'),
  define('Identity', false, 'y'),
  define('Refer-To', false, 'r'),
  define('Referred-By', false, 'b'),
  define('Reject-Contact', LIST, 'j'),
  define('Request-Disposition', LIST, 'd'),
  define('Session-Expires', false, 'x'),
  define('Subject', false, 's'),
  define('Supported', LIST, 'k'),
];

const BY_NAME: ReadonlyMap<string, HeaderName> = new Map(
  REGISTERED.flatMap((header): [string, HeaderName][] => [
    [header.name, header],
    [header.name.toLowerCase(), header],
    ...(header.compact === '' ? [] : [[header.compact, header] satisfies [string, HeaderName]]),
  ]),
);

/** By the code of the one letter: the hash of the long form. */
const COMPACT_HASH: readonly number[] = Array.from({ length: 256 }, (_, code) => {
  const letter = String.fromCharCode(TOKEN_LOWER[code] ?? 0);
  return REGISTERED.find(({ compact }) => compact === letter)?.hash ?? hashText(letter);
});

/** The name that `text` is, in whatever case, in its long or its compact form. */
export function headerName(text: string): HeaderName {
  return BY_NAME.get(text) ?? BY_NAME.get(text.toLowerCase()) ?? define(text);
}

/** Whether a name in a message is `wanted`, once the hashes are equal. */
export function isSameName(text: string, { name, compact }: HeaderName): boolean {
  if (text === name) return true;
  const lower = text.toLowerCase();
  return lower === name.toLowerCase() || (compact !== '' && lower === compact);
}

/** Hash of a name without regard to case, the compact form having that of the long one. Throws ParseError when it is no token. */
export function hashOfName(name: string): number {
  for (let index = 0; index < name.length; index++) {
    if (isTokenCode(name.charCodeAt(index))) continue;
    throw new ParseError('character that is not allowed in a header name', index);
  }
  if (name === '') throw new ParseError('empty header name', 0);
  return foldHash(hashText(name), name.length, name.charCodeAt(0));
}

/** Step of the hash: `lower` is the code of the next character in lower case. */
export function stepHash(hash: number, lower: number): number {
  return (Math.imul(hash, 31) + lower) | 0;
}

/** The hash for a name of `length` characters that begins with `first`: that of the long form for a compact one. */
export function foldHash(hash: number, length: number, first: number): number {
  return length === 1 ? (COMPACT_HASH[first] ?? hash) : hash;
}

function isTokenCode(code: number): boolean {
  return (TOKEN_LOWER[code] ?? 0) !== 0;
}

function hashText(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = stepHash(hash, TOKEN_LOWER[text.charCodeAt(index)] ?? 0);
  }
  return hash;
}
