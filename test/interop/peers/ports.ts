import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A UDP port of loopback that was free a moment ago. The system does not give it out again soon. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const closed = once(socket, 'close');
  socket.close();
  await closed;
  return port;
}

/** `count` free even ports with the odd one above each, for RTP and RTCP or for SIP and its TLS twin. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port % 2 === 0 && port < 65_000) return port;
  }
}

/** How often the kernel's table is read, in ms: it has no way to tell of a change. */
const LOOK_MS = 10;

/** Waits until some process has bound this port of loopback; rejects when `alive` says that it never will. */
export async function bound(protocol: 'udp' | 'tcp', port: number, alive: () => boolean): Promise<void> {
  const entry = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  while (!readFileSync(`/proc/net/${protocol}`, 'utf8').includes(entry)) {
    if (!alive()) throw new Error(`the process ended before it had bound ${protocol}:${port}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
