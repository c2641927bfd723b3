/** Samples a second of G.711. */
export const SAMPLE_RATE_HZ = 8000;
/** Samples, and with PCMU bytes, of one packet of 20 ms. */
export const PACKET_SAMPLES = 160;

/** Frequencies that fit a whole number of times into one packet, so that packets join without a click. */
export const TONE_STEP_HZ = SAMPLE_RATE_HZ / PACKET_SAMPLES;

/** A quarter of full scale: a comfortable level. */
const AMPLITUDE = 8000;
const BIAS = 0x84;
const CLIP = 32635;

/** One sample of 16 bits as mu-law (ITU-T G.711). */
export function muLaw(sample: number): number {
  const rounded = Math.round(sample);
  const sign = rounded < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(rounded), CLIP) + BIAS;
  // The position of the highest bit, 7 to 14, is the segment; the four bits below it are the step.
  const segment = 31 - Math.clz32(magnitude) - 7;
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

/**
 * 20 ms of a sine as PCMU, to be sent again and again.
 * @param frequencyHz a multiple of {@link TONE_STEP_HZ}; others are rounded to one.
 */
export function tonePacket(frequencyHz: number): Buffer {
  const cycles = Math.max(1, Math.round(frequencyHz / TONE_STEP_HZ));
  const packet = Buffer.alloc(PACKET_SAMPLES);
  for (let index = 0; index < PACKET_SAMPLES; index++) {
    packet[index] = muLaw(AMPLITUDE * Math.sin((2 * Math.PI * cycles * index) / PACKET_SAMPLES));
  }
  return packet;
}
