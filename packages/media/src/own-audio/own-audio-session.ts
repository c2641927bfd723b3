import type { DatagramHandlers, IdSource, Logger, SocketAddress } from '@groupcall/kernel';
import type { MediaSession, MediaStats } from '@groupcall/engine';
import { MediaError } from '../media-error.ts';
import { answerOffer } from '../offer-answer/answer.ts';
import type { AudioAgreement } from '../offer-answer/audio-agreement.ts';
import { sends } from '../offer-answer/direction.ts';
import { type LocalDescription, type LocalParty, writeDescription } from '../offer-answer/local-description.ts';
import { makeOffer, readAnswer } from '../offer-answer/offer.ts';
import type { FrameSource, FrameTicker } from '../rtp/frame-ticker.ts';
import type { PortPair } from '../rtp/port-allocator.ts';
import { readRtpHeader } from '../rtp/rtp-packet.ts';
import { SilenceSource } from '../rtp/silence-source.ts';
import { SymmetricLatch } from '../rtp/symmetric-latch.ts';

export interface OwnAudioSessionOptions {
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly ticker: FrameTicker;
  /** IP address that phones are told. */
  readonly address: string;
  readonly onClosed: (session: OwnAudioSession) => void;
}

/** Frames that are sent late rather than left out: the playout buffer of a phone holds about so many. */
const MAX_LATE_FRAMES = 10;

/** Hex digits of a UUID that make a session id: 48 bits, all of them random. */
const SESSION_ID_DIGITS = 12;

/**
 * The server's own audio with one phone: silence is sent at a steady pace, which keeps the way through a NAT open and
 * the phone sure that somebody is there; what comes is counted.
 */
export class OwnAudioSession implements MediaSession, FrameSource {
  readonly #logger: Logger;
  readonly #ticker: FrameTicker;
  readonly #address: string;
  readonly #onClosed: (session: OwnAudioSession) => void;
  readonly #sessionId: string;
  readonly #source: SilenceSource;
  readonly #latch = new SymmetricLatch();
  /** What the sockets of this session call. */
  readonly rtpHandlers: DatagramHandlers = {
    onDatagram: (data, from) => {
      this.#onPacket(data, from);
    },
    onError: (error) => {
      this.#logger.debug({ err: error }, 'RTP socket error');
    },
  };
  /** Reports of the phone are read off, so that they don't fill the kernel's buffer. */
  readonly rtcpHandlers: DatagramHandlers = {
    onDatagram: () => undefined,
    onError: (error) => {
      this.#logger.debug({ err: error }, 'RTCP socket error');
    },
  };
  #ports: PortPair | undefined;
  #isClosed = false;
  #agreement: AudioAgreement | undefined;
  #lastSdp = '';
  #version = 0;
  #packetsReceived = 0;
  #bytesReceived = 0;
  #packetsSent = 0;
  #packetsRefused = 0;

  constructor({ ids, logger, ticker, address, onClosed }: OwnAudioSessionOptions) {
    this.#logger = logger;
    this.#ticker = ticker;
    this.#address = address;
    this.#onClosed = onClosed;
    this.#sessionId = String(parseInt(ids.uuid().replaceAll('-', '').slice(0, SESSION_ID_DIGITS), 16));
    this.#source = new SilenceSource(ids);
  }

  /** `bytesReceived` counts whole RTP packets, with their headers. */
  stats(): MediaStats {
    return {
      packetsReceived: this.#packetsReceived,
      bytesReceived: this.#bytesReceived,
      packetsSent: this.#packetsSent,
      packetsRefused: this.#packetsRefused,
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ticker.remove(this);
    this.#onClosed(this);
  }

  /** Frees the ports; resolves when they can be given to others. For the engine, after {@link close}. */
  async releasePorts(): Promise<void> {
    await this.#ports?.release();
  }

  /** Takes the ports that were bound with this session's handlers. For the engine, once. */
  usePorts(ports: PortPair): void {
    this.#ports = ports;
  }

  offer(): string {
    return this.#publish(makeOffer(this.#party()));
  }

  accept(answerSdp: string): void {
    this.#agree(readAnswer(answerSdp));
  }

  answer(offerSdp: string): string {
    const { description, agreement } = answerOffer(this.#party(), offerSdp);
    this.#agree(agreement);
    return this.#publish(description);
  }

  onFrames(frames: number): void {
    const agreement = this.#agreement;
    if (agreement === undefined) return;
    const { codec, direction, remote } = agreement;
    const destination = this.#latch.destination;
    if (!sends(direction) || remote === undefined || destination === undefined) {
      this.#source.pause(codec, frames);
      return;
    }
    if (frames > MAX_LATE_FRAMES) this.#source.pause(codec, frames - MAX_LATE_FRAMES);
    for (let frame = 0; frame < Math.min(frames, MAX_LATE_FRAMES); frame++) {
      this.#ports?.rtp.send(this.#source.packet(codec), destination);
      this.#packetsSent += 1;
    }
  }

  #party(): LocalParty {
    if (this.#ports === undefined || this.#isClosed) {
      throw new MediaError('MEDIA_CLOSED', 'the audio session has ended');
    }
    return { address: this.#address, port: this.#ports.rtp.local.port, sessionId: this.#sessionId };
  }

  /** RFC 3264 §8: the version grows by one with each description that differs from the last. */
  #publish(description: LocalDescription): string {
    const unchanged = writeDescription(description, this.#version);
    if (unchanged === this.#lastSdp) return unchanged;
    if (this.#lastSdp !== '') this.#version += 1;
    this.#lastSdp = writeDescription(description, this.#version);
    return this.#lastSdp;
  }

  #agree(agreement: AudioAgreement): void {
    if (this.#isClosed) return;
    this.#agreement = agreement;
    this.#latch.describe(agreement.remote);
    this.#ticker.add(this);
  }

  #onPacket(data: Buffer, from: SocketAddress): void {
    if (this.#isClosed) return;
    const header = readRtpHeader(data);
    const agreement = this.#agreement;
    // The phone may speak before its answer is here (RFC 3264 §5.1); whose packets these are can't be told yet.
    if (agreement === undefined) return;
    if (header === undefined || !agreement.payloadTypes.has(header.payloadType)) {
      this.#packetsRefused += 1;
    } else if (this.#latch.admit(from, header)) {
      this.#packetsReceived += 1;
      this.#bytesReceived += data.length;
    } else {
      this.#packetsRefused += 1;
    }
  }
}
