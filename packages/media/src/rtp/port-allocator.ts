import { type DatagramHandlers, type DatagramSocket, type Network, toError } from '@groupcall/kernel';
import { MediaError } from '../media-error.ts';

/** Ports for RTP, both included. Only the even ones with an odd one behind them are used (RFC 3550 §11). */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export interface PortAllocatorOptions {
  readonly network: Network;
  /** IP address to bind. */
  readonly address: string;
  readonly range: PortRange;
}

/** An RTP port and the RTCP port next to it, both bound. */
export interface PortPair {
  readonly rtp: DatagramSocket;
  readonly rtcp: DatagramSocket;
  /** Closes both; the pair is free again when it resolves. Idempotent. */
  release(): Promise<void>;
}

/** Gives out pairs of ports, in turn, so that late packets of a call that ended meet nobody for a while. */
export class PortAllocator {
  readonly #network: Network;
  readonly #address: string;
  readonly #first: number;
  readonly #pairs: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /** @throws MediaError `MEDIA_PORT_RANGE` when the range holds no pair. */
  constructor({ network, address, range }: PortAllocatorOptions) {
    this.#network = network;
    this.#address = address;
    this.#first = range.min + (range.min % 2);
    this.#pairs = Math.floor((range.max - this.#first + 1) / 2);
    if (!isPort(range.min) || !isPort(range.max) || this.#pairs < 1) {
      throw new MediaError('MEDIA_PORT_RANGE', `no pair of RTP ports in ${range.min} to ${range.max}`, {
        help: 'The range must lie within 1 to 65535 and hold an even port and the odd one behind it.',
      });
    }
  }

  /** Pairs that are given out now. */
  get inUse(): number {
    return this.#taken.size;
  }

  /**
   * Binds the next free pair. Ports that another process has are passed over.
   * @throws MediaError `MEDIA_NO_FREE_PORT` when there is none, or the system refuses for another reason.
   */
  async allocate(rtpHandlers: DatagramHandlers, rtcpHandlers: DatagramHandlers): Promise<PortPair> {
    for (let tried = 0; tried < this.#pairs; tried++) {
      const port = this.#first + 2 * this.#next;
      this.#next = (this.#next + 1) % this.#pairs;
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      const pair = await this.#bindPair(port, rtpHandlers, rtcpHandlers);
      if (pair !== undefined) return pair;
    }
    throw new MediaError('MEDIA_NO_FREE_PORT', `all ${this.#pairs} pairs of RTP ports of ${this.#address} are taken`, {
      help: 'Widen the range of RTP ports, or lower the number of calls at once.',
    });
  }

  /** Undefined when one of the two is somebody else's. */
  async #bindPair(
    port: number,
    rtpHandlers: DatagramHandlers,
    rtcpHandlers: DatagramHandlers,
  ): Promise<PortPair | undefined> {
    let rtp: DatagramSocket | undefined;
    try {
      rtp = await this.#network.bindDatagram({ address: this.#address, port }, rtpHandlers);
      const rtcp = await this.#network.bindDatagram({ address: this.#address, port: port + 1 }, rtcpHandlers);
      return this.#pair(port, rtp, rtcp);
    } catch (thrown) {
      await rtp?.close();
      this.#taken.delete(port);
      const cause = toError(thrown);
      if ('code' in cause && cause.code === 'EADDRINUSE') return undefined;
      throw new MediaError('MEDIA_NO_FREE_PORT', `port ${port} of ${this.#address} can't be opened: ${cause.message}`, {
        cause,
        help: 'The media address must be one of this machine, and the process must be allowed to bind the ports.',
      });
    }
  }

  #pair(port: number, rtp: DatagramSocket, rtcp: DatagramSocket): PortPair {
    let released: Promise<void> | undefined;
    const release = async () => {
      await Promise.all([rtp.close(), rtcp.close()]);
      this.#taken.delete(port);
    };
    return { rtp, rtcp, release: () => (released ??= release()) };
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
