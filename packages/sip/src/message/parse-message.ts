import { BadRequestError } from './bad-request-error.ts';
import { HeadReader, type StartLine } from './head-reader.ts';
import { VIA } from './header-name.ts';
import { ParseError } from './parse-error.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from './parse-limits.ts';
import { SipRequest, SipResponse } from './sip-message.ts';
import { SourceText } from './source-text.ts';

const EMPTY_BODY = Buffer.alloc(0);
/** Up to here the body is decoded along with the head, since looking for the end of the head costs more. */
const WHOLE_BYTES = 4096;
const BAD_REQUEST = 400;
const VERSION_NOT_SUPPORTED = 505;
const MESSAGE_TOO_LARGE = 513;

/** A message whose body is still to come. */
export interface MessageHead {
  readonly message: SipRequest | SipResponse;
  /** Bytes up to the body. */
  readonly headBytes: number;
  /** Undefined without a Content-Length. */
  readonly contentLength: number | undefined;
}

/**
 * Reads a datagram: the start line, the header lines and the body, of which bytes beyond Content-Length are left out
 * (RFC 3261 §18.3). The header values are read when they are asked for; `validateMessage` does that for those a
 * server must check.
 * @throws BadRequestError for a request that is malformed and can be answered, ParseError for everything else.
 */
export function parseMessage(data: Buffer, limits: ParseLimits = DEFAULT_PARSE_LIMITS): SipRequest | SipResponse {
  if (data.length > limits.maxMessageBytes) throw new ParseError('message is too large', limits.maxMessageBytes);
  const { message, headBytes, contentLength } = parseHead(data, limits);
  const available = data.length - headBytes;
  if (contentLength !== undefined && contentLength > available) {
    refuse(new ParseError(`Content-Length is ${contentLength}, the body has ${available} bytes`, headBytes), message);
  }
  const length = contentLength ?? available;
  if (length > 0) message.body = data.subarray(headBytes, headBytes + length);
  return message;
}

/**
 * Reads a message up to its body.
 * @throws as {@link parseMessage}.
 */
export function parseHead(data: Buffer, limits: ParseLimits): MessageHead {
  const length = data.length <= WHOLE_BYTES ? data.length : findBody(data);
  const reader = new HeadReader(SourceText.ofBytes(data, length), limits);
  const startLine = reader.readStartLine();
  reader.readFields();
  const message = makeMessage(startLine, reader);
  if (startLine.kind === 'request' && startLine.version !== '2.0') {
    refuse(new ParseError(`SIP version ${startLine.version}`, 0), message, VERSION_NOT_SUPPORTED);
  }
  if (reader.fault !== undefined) refuse(reader.fault, message);
  const { contentLength, pos: headBytes } = reader;
  if (contentLength !== undefined && headBytes + contentLength > limits.maxMessageBytes) {
    refuse(new ParseError('message is too large', headBytes), message, MESSAGE_TOO_LARGE);
  }
  return { message, headBytes, contentLength };
}

function findBody(data: Buffer): number {
  const end = data.indexOf('\r\n\r\n');
  return end < 0 ? data.length : end + 4;
}

function makeMessage(startLine: StartLine, { fields }: HeadReader): SipRequest | SipResponse {
  return startLine.kind === 'request'
    ? new SipRequest(startLine.method, startLine.uri, startLine.uriScanner, fields, EMPTY_BODY)
    : new SipResponse(startLine.status, startLine.reason, fields, EMPTY_BODY);
}

/** Refuses a message in the way that can still be answered, if there is one. */
export function refuse(fault: ParseError, message: SipRequest | SipResponse, status = BAD_REQUEST): never {
  if (isAnswerable(message)) throw new BadRequestError(fault.message, fault.offset, message, status);
  throw fault;
}

/** A request that says where its answer goes; an ACK never gets one (RFC 3261 §17.1.1.3). */
function isAnswerable(message: SipRequest | SipResponse): message is SipRequest {
  return message instanceof SipRequest && message.method !== 'ACK' && message.fields.some((field) => field.is(VIA));
}
