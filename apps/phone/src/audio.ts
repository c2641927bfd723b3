import type { Clock, DatagramSocket, IdSource, Network, SocketAddress, TimerHandle } from '@groupcall/kernel';
import { PACKET_SAMPLES, tonePacket } from './tone.ts';

export interface AudioOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly network: Network;
  /** The IP address to send from and receive at. */
  readonly address: string;
  /** The tone that is sent, in Hz, a multiple of 50. Default 400. */
  readonly toneHz?: number;
}

/** Where to send, and as what. */
export interface AudioTarget extends SocketAddress {
  readonly payloadType: number;
}

/** RTP packets since the call began. */
export interface RtpCounts {
  readonly sent: number;
  readonly received: number;
}

const PACKET_MS = 20;
const HEADER_BYTES = 12;
const RTP_VERSION = 2;
const MARKER = 0x80;
const DEFAULT_TONE_HZ = 400;
/** After a pause of the process longer than this the missing packets are not sent late in one burst, but left out. */
const LONGEST_BURST_MS = 100;
/** Payload types that are RTCP packet types where both share a port (RFC 5761 §4). */
const FIRST_RTCP_TYPE = 64;
const LAST_RTCP_TYPE = 95;

/** The audio of one call: a PCMU tone in RTP packets (RFC 3550) of 20 ms, and a count of the packets that come. */
export class Audio {
  readonly #clock: Clock;
  readonly #packet: Buffer;
  readonly #ssrc: number;
  #socket: DatagramSocket | undefined;
  #target: AudioTarget | undefined;
  #timer: TimerHandle | undefined;
  /** When the next packet is due, in ms since the epoch. */
  #nextAt = 0;
  #sequence: number;
  #timestamp: number;
  #restarted = true;
  #sent = 0;
  #received = 0;

  private constructor({ clock, ids, toneHz = DEFAULT_TONE_HZ }: AudioOptions) {
    this.#clock = clock;
    const random = ids.uuid().replaceAll('-', '');
    this.#ssrc = parseInt(random.slice(0, 8), 16);
    this.#sequence = parseInt(random.slice(16, 20), 16);
    this.#timestamp = parseInt(random.slice(24, 32), 16);
    this.#packet = Buffer.concat([Buffer.alloc(HEADER_BYTES), tonePacket(toneHz)]);
  }

  /** Binds a free port. Rejects with the system's error. */
  static async open(options: AudioOptions): Promise<Audio> {
    const audio = new Audio(options);
    audio.#socket = await options.network.bindDatagram(
      { address: options.address, port: 0 },
      {
        onDatagram: (data) => {
          audio.#onDatagram(data);
        },
        // A peer that is not there yet shows up as an error of the socket; packets may be lost at any time.
        onError: () => undefined,
      },
    );
    return audio;
  }

  get local(): SocketAddress {
    return this.#socket?.local ?? { address: '', port: 0 };
  }

  get counts(): RtpCounts {
    return { sent: this.#sent, received: this.#received };
  }

  /** Stops sending and gives the port back. Idempotent. */
  async close(): Promise<void> {
    this.send(undefined);
    await this.#socket?.close();
  }

  /** Sends the tone there from now on; undefined: to nobody. */
  send(target: AudioTarget | undefined): void {
    const wasSending = this.#target !== undefined;
    this.#target = target;
    if (target === undefined) {
      this.#clock.clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#restarted = true;
    } else if (!wasSending) {
      this.#nextAt = this.#clock.now();
      this.#sendDue();
    }
  }

  /** Packets go out at multiples of 20 ms from the first one, whatever delay a single timer had. */
  #sendDue(): void {
    const now = this.#clock.now();
    const late = now - this.#nextAt;
    if (late > LONGEST_BURST_MS) {
      const skipped = Math.floor(late / PACKET_MS);
      this.#nextAt += skipped * PACKET_MS;
      this.#timestamp += skipped * PACKET_SAMPLES;
      this.#restarted = true;
    }
    while (this.#nextAt <= now) {
      this.#sendPacket();
      this.#nextAt += PACKET_MS;
    }
    this.#timer = this.#clock.setTimeout(this.#nextAt - now, () => {
      this.#sendDue();
    });
  }

  #sendPacket(): void {
    const target = this.#target;
    if (target === undefined) return;
    const packet = this.#packet;
    packet[0] = RTP_VERSION << 6;
    packet[1] = (this.#restarted ? MARKER : 0) | target.payloadType;
    packet.writeUInt16BE(this.#sequence & 0xffff, 2);
    packet.writeUInt32BE(this.#timestamp >>> 0, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    // The socket may still read the buffer when the next packet is made.
    this.#socket?.send(Buffer.from(packet), target);
    this.#sequence++;
    this.#timestamp = (this.#timestamp + PACKET_SAMPLES) >>> 0;
    this.#restarted = false;
    this.#sent++;
  }

  #onDatagram(data: Buffer): void {
    const type = (data[1] ?? 0) & 0x7f;
    const isRtp = data.length >= HEADER_BYTES && (data[0] ?? 0) >> 6 === RTP_VERSION;
    if (isRtp && (type < FIRST_RTCP_TYPE || type > LAST_RTCP_TYPE)) this.#received++;
  }
}
