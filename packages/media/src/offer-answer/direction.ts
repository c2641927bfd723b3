/** Which way a stream flows, seen by whoever says it (RFC 3264 §5.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const MIRRORED: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** The same flow, seen by the other side: what a side that wants all it can have answers (RFC 3264 §6.1). */
export function mirrored(direction: Direction): Direction {
  return MIRRORED[direction];
}

/** Whether the side that says so sends. */
export function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

/** Reads an attribute; undefined when it is none of the four. */
export function toDirection(text: string | undefined): Direction | undefined {
  return text !== undefined && Object.hasOwn(MIRRORED, text) ? (text as Direction) : undefined;
}
