import type { CallId } from '../records/ids.ts';

/** What went over one audio session. */
export interface MediaStats {
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  readonly packetsSent: number;
  /** Packets that were no RTP, or came from elsewhere than the phone. */
  readonly packetsRefused: number;
}

/** The server's own audio with one phone. */
export interface MediaSession {
  /** The SDP to offer; the same on every call until an answer was accepted. */
  offer(): string;
  /** Takes the phone's answer and begins to send. Throws MediaError when there is nothing in common. */
  accept(answerSdp: string): void;
  /** Answers an offer of the phone (hold, resume, another port). Throws MediaError when there is nothing in common. */
  answer(offerSdp: string): string;
  stats(): MediaStats;
  /** Idempotent. */
  close(): void;
}

/** The server's own audio, for group calls with no caller. */
export interface MediaPort {
  /** Opens a port for one call. Rejects with MediaError when none is free. */
  open(callId: CallId): Promise<MediaSession>;
  close(): Promise<void>;
}
