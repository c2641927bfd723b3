/** Ports of loopback that one whole benchmark uses, so that every server is asked by the same caller. */
export interface PhonePorts {
  readonly caller: number;
  /** The phones of the group: the first answers, the others ring until they are cancelled. */
  readonly phones: readonly [number, number, number];
}

/** Name that the caller dials. */
export const DIALLED = 'group';

/** A server under test, with the group set up. */
export interface Subject {
  readonly name: string;
  readonly pid: number;
  /** UDP port of loopback where it listens. */
  readonly port: number;
  /** Bytes of live objects after a garbage collection; undefined where there is no such thing. */
  heapBytes(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** How to start a server afresh. */
export type StartSubject = (ports: PhonePorts) => Promise<Subject>;
