/** The part of the library `sdp-transform` that this package uses; it ships no types of its own. */
declare module 'sdp-transform' {
  /** An `a=rtpmap` line. What is a whole number comes as a number, whatever the member. */
  export interface RtpMap {
    payload: number;
    codec: string | number;
    rate?: number | undefined;
  }

  export interface FormatParameters {
    payload: number;
    config: string;
  }

  export interface Connection {
    version: number;
    ip: string | number;
  }

  /** What a session and a stream both may say. */
  export interface SharedDescription {
    connection?: Connection;
    direction?: string;
  }

  export interface MediaDescription extends SharedDescription {
    type?: string;
    port?: number;
    protocol?: string;
    payloads?: string | number;
    rtp: RtpMap[];
    fmtp: FormatParameters[];
    ptime?: number;
  }

  export interface SessionDescription extends SharedDescription {
    version?: number;
    origin?: {
      username: string;
      sessionId: string | number;
      sessionVersion: number;
      netType: string;
      ipVer: number;
      address: string;
    };
    name?: string;
    timing?: { start: number; stop: number };
    media: MediaDescription[];
  }

  /** Reads line by line; a line it does not understand is left out, never an error. */
  export function parse(sdp: string): SessionDescription;
  export function write(session: SessionDescription): string;
}
