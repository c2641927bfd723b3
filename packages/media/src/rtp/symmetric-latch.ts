import type { SocketAddress } from '@groupcall/kernel';
import type { RtpHeader } from './rtp-packet.ts';

/** A source that may be the phone behind a NAT. */
interface Candidate {
  readonly source: SocketAddress;
  readonly ssrc: number;
  sequence: number;
  packets: number;
}

/** Packets in sequence (RFC 3550 §A.1) by which a source that no SDP names proves that it sends RTP. */
const PROBATION_PACKETS = 3;

/** Sequence numbers that may be missing between two packets of a source on probation. */
const PROBATION_GAP = 5;

/**
 * Symmetric RTP (RFC 4961): where the phone's packets come from, and where ours go. The source that the SDP names wins
 * at once and for good; so does its host with another port. A stranger, such as the NAT before a phone that wrote its
 * private address, is taken only after some packets in sequence, and only until the named source is heard.
 */
export class SymmetricLatch {
  #named: SocketAddress | undefined;
  #latched: SocketAddress | undefined;
  #isStranger = false;
  #candidate: Candidate | undefined;

  /** Where packets for the phone go; undefined while there is no such place. */
  get destination(): SocketAddress | undefined {
    return this.#latched ?? this.#named;
  }

  /**
   * Takes what a session description names; undefined when it wants no packets at all. Another address than before is
   * another phone: what was learned is forgotten.
   */
  describe(named: SocketAddress | undefined): void {
    if (named === undefined) return;
    if (this.#named !== undefined && !isSame(this.#named, named)) {
      this.#latched = undefined;
      this.#candidate = undefined;
    }
    this.#named = named;
  }

  /** Whether a packet is the phone's. */
  admit(source: SocketAddress, header: RtpHeader): boolean {
    if (this.#latched !== undefined && isSame(this.#latched, source)) return true;
    if (this.#latched !== undefined && !this.#isStranger) return false;
    if (source.address === this.#named?.address) {
      this.#latch(source, false);
      return true;
    }
    if (this.#latched === undefined && this.#passesProbation(source, header)) {
      this.#latch(source, true);
      return true;
    }
    return false;
  }

  #latch({ address, port }: SocketAddress, isStranger: boolean): void {
    this.#latched = { address, port };
    this.#isStranger = isStranger;
    this.#candidate = undefined;
  }

  #passesProbation({ address, port }: SocketAddress, { ssrc, sequence }: RtpHeader): boolean {
    const candidate = this.#candidate;
    const step = candidate === undefined ? 0 : (sequence - candidate.sequence) & 0xffff;
    if (
      candidate === undefined ||
      !isSame(candidate.source, { address, port }) ||
      candidate.ssrc !== ssrc ||
      step === 0 ||
      step > PROBATION_GAP
    ) {
      this.#candidate = { source: { address, port }, ssrc, sequence, packets: 1 };
      return false;
    }
    candidate.sequence = sequence;
    candidate.packets += 1;
    return candidate.packets >= PROBATION_PACKETS;
  }
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  return one.port === other.port && one.address === other.address;
}
