import type { IdSource } from '@groupcall/kernel';
import { type AudioCodec, PACKET_MS, PCMA, PCMU } from '../offer-answer/codec.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from './rtp-packet.ts';

/** The sample of least amplitude, by encoding name (ITU-T G.711: +0 of either law, as it goes over the wire). */
const SILENCE: ReadonlyMap<string, number> = new Map([
  [PCMU.name, 0xff],
  [PCMA.name, 0xd5],
]);

/**
 * One RTP stream of silence, 20 ms a packet. SSRC, first sequence number and first timestamp are random
 * (RFC 3550 §5.1).
 */
export class SilenceSource {
  readonly #ssrc: number;
  #sequence: number;
  #timestamp: number;
  /** RFC 3551 §4.1: set on the first packet of a talkspurt, thus at the start and after a pause. */
  #marker = true;

  constructor(ids: IdSource) {
    const random = ids.uuid();
    this.#ssrc = parseInt(random.slice(0, 8), 16);
    this.#sequence = parseInt(random.slice(9, 13), 16);
    this.#timestamp = parseInt(random.slice(24, 32), 16);
  }

  /** The next packet. */
  packet(codec: AudioCodec): Buffer {
    const samples = samplesOf(codec);
    // A fresh buffer: the socket reads it only after this call has returned.
    const packet = Buffer.alloc(RTP_HEADER_BYTES + samples, SILENCE.get(codec.name) ?? 0);
    writeRtpHeader(packet, {
      marker: this.#marker,
      payloadType: codec.payloadType,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: this.#ssrc,
    });
    this.#marker = false;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#advance(samples);
    return packet;
  }

  /** Lets the time of `packets` packets go by: the timestamp moves on, the sequence number does not. */
  pause(codec: AudioCodec, packets: number): void {
    this.#marker = true;
    this.#advance(samplesOf(codec) * packets);
  }

  #advance(samples: number): void {
    this.#timestamp = (this.#timestamp + samples) >>> 0;
  }
}

function samplesOf({ clockRate }: AudioCodec): number {
  return (clockRate * PACKET_MS) / 1000;
}
