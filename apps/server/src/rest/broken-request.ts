import type { Socket } from 'node:net';
import type { IdSource } from '@groupcall/kernel';
import { ApiError } from './api-error.ts';

const MESSAGES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'the path and the header fields must be shorter than they are',
  ERR_HTTP_REQUEST_TIMEOUT: 'the request must be sent faster than it was',
};

/**
 * Answers what never became a request, since it is no HTTP or was not sent to its end, and closes its connection. Whatever else comes on
 * a connection that is out of step could be part of another message.
 */
export function answerBrokenRequest(ids: IdSource) {
  return ({ code = '' }: { readonly code?: string }, socket: Socket): void => {
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const error = new ApiError('INVALID_ARGUMENT', MESSAGES[code] ?? 'the request must be HTTP/1.1, and can’t be read');
    const requestId = ids.uuid();
    const body = JSON.stringify(error.envelope(requestId));
    const head = [
      'HTTP/1.1 400 Bad Request',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => {
      socket.destroy();
    });
  };
}
