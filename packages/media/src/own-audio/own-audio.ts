import type { CallId, MediaPort, MediaSession } from '@groupcall/engine';
import { type Clock, type IdSource, type Logger, type Network, toError } from '@groupcall/kernel';
import { MediaError } from '../media-error.ts';
import { PACKET_MS } from '../offer-answer/codec.ts';
import { FrameTicker } from '../rtp/frame-ticker.ts';
import { PortAllocator, type PortPair, type PortRange } from '../rtp/port-allocator.ts';
import { OwnAudioSession } from './own-audio-session.ts';

export interface OwnAudioOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
  /** IP address to bind. */
  readonly address: string;
  /** IP address that phones are told; `address` when absent. Needed when that is unspecified or behind a NAT. */
  readonly publicAddress?: string;
  readonly ports: PortRange;
}

/** Audio between the server itself and phones, in this process: one pair of ports a call, one timer for all. */
export class OwnAudio implements MediaPort {
  readonly #ids: IdSource;
  readonly #logger: Logger;
  readonly #publicAddress: string;
  readonly #ticker: FrameTicker;
  readonly #ports: PortAllocator;
  readonly #sessions = new Set<OwnAudioSession>();
  readonly #opening = new Set<Promise<PortPair>>();
  readonly #releases = new Set<Promise<void>>();
  #isClosed = false;

  /** @throws MediaError `MEDIA_PORT_RANGE` when the range holds no pair. */
  constructor({ clock, ids, logger, network, address, publicAddress = address, ports }: OwnAudioOptions) {
    this.#ids = ids;
    this.#logger = logger;
    this.#publicAddress = publicAddress;
    this.#ticker = new FrameTicker({ clock, logger, frameMs: PACKET_MS });
    this.#ports = new PortAllocator({ network, address, range: ports });
  }

  /** Sessions that are open now. */
  get size(): number {
    return this.#sessions.size;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#opening);
    for (const session of this.#sessions) session.close();
    this.#ticker.close();
    await Promise.all(this.#releases);
  }

  /** @throws MediaError `MEDIA_NO_FREE_PORT`, or `MEDIA_CLOSED` after {@link close}. */
  async open(callId: CallId): Promise<MediaSession> {
    this.#refuseWhenClosed();
    const session = new OwnAudioSession({
      ids: this.#ids,
      logger: this.#logger.child({ callId }),
      ticker: this.#ticker,
      address: this.#publicAddress,
      onClosed: (closed) => {
        this.#onSessionClosed(closed);
      },
    });
    const binding = this.#ports.allocate(session.rtpHandlers, session.rtcpHandlers);
    this.#opening.add(binding);
    try {
      session.usePorts(await binding);
      this.#sessions.add(session);
      // The engine may have been closed while the system was opening the ports.
      this.#refuseWhenClosed();
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      this.#opening.delete(binding);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new MediaError('MEDIA_CLOSED', 'the media engine is closed');
  }

  #onSessionClosed(session: OwnAudioSession): void {
    this.#sessions.delete(session);
    const release = session
      .releasePorts()
      .catch((error: unknown) => {
        this.#logger.error({ err: toError(error) }, 'RTP ports could not be closed');
      })
      .finally(() => this.#releases.delete(release));
    this.#releases.add(release);
  }
}
