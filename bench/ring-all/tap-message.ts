/** Just enough of SIP for the phones of the benchmark: they take what a server sends for granted, and spend little on it. */

/** Headers that a response takes from its request, as the server wrote them. */
const COPIED = /^(?:Via|Record-Route|From|Call-ID|CSeq):/i;

/** First word of the start line: a method, or `SIP/2.0`. */
export function startWord(text: string): string {
  return text.slice(0, text.indexOf(' '));
}

export function statusOf(text: string): number {
  return Number(text.slice(8, 11));
}

/** Value of a header that stands once; empty when it does not stand there. */
export function header(text: string, name: string): string {
  const at = text.indexOf(`\r\n${name}: `);
  if (at < 0) return '';
  const from = at + name.length + 4;
  return text.slice(from, text.indexOf('\r\n', from));
}

/** Method of the request that a response belongs to. */
export function cseqMethod(text: string): string {
  const cseq = header(text, 'CSeq');
  return cseq.slice(cseq.indexOf(' ') + 1);
}

/** A response; `tag` is added to the To of one that had none. */
export function response(request: string, status: string, tag: string, contact: string, sdp = ''): string {
  const lines = [`SIP/2.0 ${status}`];
  for (const line of request.slice(0, request.indexOf('\r\n\r\n')).split('\r\n')) {
    if (COPIED.test(line)) lines.push(line);
  }
  const to = header(request, 'To');
  lines.push(`To: ${to}${to.includes(';tag=') ? '' : `;tag=${tag}`}`, `Contact: <${contact}>`);
  return finish(lines, sdp);
}

/** Puts the body's headers and the body behind the lines. */
export function finish(lines: string[], sdp = ''): string {
  if (sdp !== '') lines.push('Content-Type: application/sdp');
  return [...lines, `Content-Length: ${sdp.length}`, '', sdp].join('\r\n');
}

export function sessionDescription(port: number): string {
  const lines = ['v=0', 'o=u 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  lines.push(`m=audio ${port} RTP/AVP 0 101`, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', '');
  return lines.join('\r\n');
}
