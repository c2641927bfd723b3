import { hash } from 'node:crypto';
import type { BadRequestError } from '../message/bad-request-error.ts';
import { SipResponse } from '../message/sip-message.ts';

const TAG_LENGTH = 16;
const MAX_REASON = 120;

/**
 * The answer to a request that can't be read, without a transaction (RFC 3261 §8.2.7): a retransmission gets the same one,
 * its To-tag included, which depends on nothing but the request and `secret`.
 */
export function answerBadRequest({ request, status, message }: BadRequestError, secret: string): SipResponse {
  const identity = ['Via', 'Call-ID', 'CSeq', 'From'].map((name) => request.header(name) ?? '').join('\n');
  const toTag = hash('sha256', `${secret}\n${identity}`, 'hex').slice(0, TAG_LENGTH);
  const reason = status === 400 ? `Bad Request: ${message}`.slice(0, MAX_REASON) : undefined;
  return SipResponse.replyTo(request, status, reason, { toTag });
}
