import type { HeaderLine, MessageContent, SipMessage } from '@groupcall/sip';

/** Headers that belong to a body and go where it goes (RFC 3261 §7.4.1, §20.11 to §20.13, §20.24). */
const CONTENT_HEADERS = ['Content-Disposition', 'Content-Encoding', 'Content-Language', 'MIME-Version'];

/** The body of a message with everything that says what it is, to be passed on unharmed; empty when there is none. */
export function contentOf(message: SipMessage): MessageContent {
  if (message.body.length === 0) return {};
  const headers = CONTENT_HEADERS.flatMap((name): HeaderLine[] => {
    const value = message.header(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { body: message.body, contentType: message.header('Content-Type') ?? SDP, headers };
}

const SDP = 'application/sdp';

/** The session description in a body, be it the whole of it or a part (RFC 5621); undefined when there is none. */
export function sdpOf({ body, contentType }: MessageContent): string | undefined {
  if (body === undefined || body.length === 0) return undefined;
  const text = body.toString();
  const type = mediaType(contentType ?? SDP);
  if (type === SDP) return text;
  if (!type.startsWith('multipart/')) return undefined;
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '');
  const delimiter = boundary?.[1] ?? boundary?.[2];
  return delimiter === undefined ? undefined : sdpPart(text, delimiter);
}

function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** RFC 2046 §5.1: parts stand between lines that begin with `--` and the delimiter. */
function sdpPart(text: string, delimiter: string): string | undefined {
  for (const part of `\r\n${text}`.split(`\r\n--${delimiter}`)) {
    const end = part.indexOf('\r\n\r\n');
    const type = /^content-type\s*:(.*)$/im.exec(part.slice(0, Math.max(0, end)))?.[1];
    if (type !== undefined && mediaType(type) === SDP) return `${part.slice(end + 4)}\r\n`;
  }
  return undefined;
}
