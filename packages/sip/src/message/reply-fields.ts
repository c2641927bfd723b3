import { HeaderField } from './header-field.ts';
import { readAddress } from './header-values.ts';
import { CALL_ID, CSEQ, FROM, RECORD_ROUTE, TIMESTAMP, TO, VIA } from './header-name.ts';
import { ParseError } from './parse-error.ts';

/** Responses to these make dialogs, so they carry the Record-Route (RFC 3261 §12.1.1, RFC 6665 §4.1.3, RFC 3515). */
const DIALOG_FORMING: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY']);

/**
 * The header lines that a response takes over from its request (RFC 3261 §8.2.6): Vias, From, To, Call-ID and CSeq, the
 * Timestamp of a 100, and the Record-Route where a dialog may come of it.
 * @param toTag the tag for To, where the request has none.
 */
export function replyFields(
  fields: readonly HeaderField[],
  method: string,
  status: number,
  toTag: string | undefined,
): HeaderField[] {
  const recordsRoute = status > 100 && status < 300 && DIALOG_FORMING.has(method);
  const taken: HeaderField[] = [];
  for (const field of fields) {
    if (!isCopied(field, recordsRoute, status)) continue;
    taken.push(toTag !== undefined && field.hash === TO.hash ? withTag(field, toTag) : field);
  }
  return taken;
}

function isCopied(field: HeaderField, recordsRoute: boolean, status: number): boolean {
  switch (field.hash) {
    case VIA.hash:
      return field.is(VIA);
    case FROM.hash:
      return field.is(FROM);
    case TO.hash:
      return field.is(TO);
    case CALL_ID.hash:
      return field.is(CALL_ID);
    case CSEQ.hash:
      return field.is(CSEQ);
    case RECORD_ROUTE.hash:
      return recordsRoute && field.is(RECORD_ROUTE);
    case TIMESTAMP.hash:
      return status === 100 && field.is(TIMESTAMP);
    default:
      return false;
  }
}

/** The To of the response: the request's, with a tag when it had none. One that can't be read is left as it is. */
function withTag(field: HeaderField, toTag: string): HeaderField {
  try {
    if (readAddress(field).tag !== undefined) return field;
  } catch (error) {
    if (error instanceof ParseError) return field;
    throw error;
  }
  return HeaderField.of('To', `${field.value};tag=${toTag}`);
}
