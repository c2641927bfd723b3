/** What an RTP packet says about itself (RFC 3550 §5.1). */
export interface RtpHeader {
  readonly marker: boolean;
  readonly payloadType: number;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits, in units of the codec's clock rate. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
}

/** Bytes of a header without CSRCs and extension. */
export const RTP_HEADER_BYTES = 12;

const VERSION = 2;
/** RFC 5761 §4: with the marker bit these are the packet types of RTCP. */
const RTCP_PAYLOAD_TYPES = { first: 64, last: 95 };

/** Reads the header of a packet; undefined when it is no RTP. */
export function readRtpHeader(packet: Buffer): RtpHeader | undefined {
  if (packet.length < RTP_HEADER_BYTES) return undefined;
  const first = packet.readUInt8(0);
  const second = packet.readUInt8(1);
  const payloadType = second & 0x7f;
  if (first >> 6 !== VERSION) return undefined;
  if (payloadType >= RTCP_PAYLOAD_TYPES.first && payloadType <= RTCP_PAYLOAD_TYPES.last) return undefined;
  if (!isWhole(packet, first)) return undefined;
  return {
    marker: (second & 0x80) !== 0,
    payloadType,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
  };
}

/** Whether CSRCs, extension and padding, as far as the first byte announces them, fit into the packet. */
function isWhole(packet: Buffer, first: number): boolean {
  let length = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (packet.length < length + 4) return false;
    length += 4 + packet.readUInt16BE(length + 2) * 4;
  }
  if ((first & 0x20) !== 0) {
    const padding = packet.readUInt8(packet.length - 1);
    if (padding === 0) return false;
    length += padding;
  }
  return packet.length >= length;
}

/** Writes a header without CSRCs and extension at the start of `packet`. */
export function writeRtpHeader(packet: Buffer, header: RtpHeader): void {
  packet.writeUInt8(VERSION << 6, 0);
  packet.writeUInt8((header.marker ? 0x80 : 0) | header.payloadType, 1);
  packet.writeUInt16BE(header.sequence, 2);
  packet.writeUInt32BE(header.timestamp, 4);
  packet.writeUInt32BE(header.ssrc, 8);
}
