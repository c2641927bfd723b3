import { VISIBLE } from './char-class.ts';
import {
  CALL_ID,
  CONTACT,
  CONTENT_LENGTH,
  CONTENT_TYPE,
  CSEQ,
  FROM,
  MAX_FORWARDS,
  RECORD_ROUTE,
  ROUTE,
  TO,
} from './header-name.ts';
import { ParseError } from './parse-error.ts';
import { refuse } from './parse-message.ts';
import { SipRequest, type SipResponse } from './sip-message.ts';

/** Headers that a message may have only once, and whose second value would be taken for the first elsewhere. */
const SINGLE = [FROM, TO, CALL_ID, CSEQ, MAX_FORWARDS, CONTENT_LENGTH, CONTENT_TYPE];

/** Requests that must go through whatever their Contact is: they end or complete something. */
const IGNORES_CONTACT: ReadonlySet<string> = new Set(['ACK', 'BYE', 'CANCEL']);

/**
 * Checks what everything that is built on a message relies on: Via, From, To, Call-ID and CSeq are there once and well-formed
 * (RFC 3261 §8.1.1), and of a request also the Request-URI, the method in CSeq, Max-Forwards, Contact, Route and
 * Record-Route.
 * @throws BadRequestError for a request that can be answered, ParseError for everything else.
 */
export function validateMessage(message: SipRequest | SipResponse): void {
  try {
    checkCounts(message);
    checkMandatory(message);
    if (message instanceof SipRequest) checkRequest(message);
  } catch (error) {
    if (error instanceof ParseError) refuse(error, message);
    throw error;
  }
}

function checkCounts(message: SipRequest | SipResponse): void {
  for (const wanted of SINGLE) {
    let seen = 0;
    for (const field of message.fields) {
      if (field.hash === wanted.hash && field.is(wanted) && ++seen > 1) {
        throw new ParseError(`more than one ${wanted.name}`, field.offset);
      }
    }
  }
}

/** Reading a header checks it. */
function checkMandatory(message: SipRequest | SipResponse): void {
  discard(message.via);
  discard(message.from);
  discard(message.to);
  discard(message.cseq);
  const callId = message.field(CALL_ID).scan();
  if (callId.atEnd) callId.fail('Call-ID is empty');
  callId.skipClass(VISIBLE);
  callId.expectEnd();
}

function checkRequest(request: SipRequest): void {
  const { uri, method } = request;
  if (request.cseq.method !== method) {
    request.field(CSEQ).scan().fail('the method in CSeq is not that of the request');
  }
  // RFC 3261 §19.1.1: headers have no place in a Request-URI.
  if (uri.headers !== '') throw new ParseError('headers in the Request-URI', method.length + 1);
  discard(request.maxForwards);
  if (IGNORES_CONTACT.has(method)) return;
  for (const { hash } of request.fields) {
    if (hash === CONTACT.hash) discard(request.contacts);
    else if (hash === ROUTE.hash) discard(request.routes);
    else if (hash === RECORD_ROUTE.hash) discard(request.recordRoutes);
  }
}

/** Reading a header checks it; what was read is of no interest here. */
function discard(value: unknown): unknown {
  return value;
}
