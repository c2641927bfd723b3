import { SPOKEN_CODECS, TELEPHONE_EVENT } from './codec.ts';
import { mirrored } from './direction.ts';
import type { LocalDescription, LocalParty } from './local-description.ts';
import {
  type AudioAgreement,
  commonCodec,
  commonEvents,
  nothingInCommon,
  obstacle,
  remoteOf,
} from './audio-agreement.ts';
import { readDescription } from './remote-description.ts';

const OFFERED = [...SPOKEN_CODECS, TELEPHONE_EVENT];

/** Our offer (RFC 3264 §5): one audio stream with all that we speak. */
export function makeOffer(party: LocalParty): LocalDescription {
  return {
    party,
    streams: [{ carried: { protocol: 'RTP/AVP', codecs: OFFERED, direction: 'sendrecv' } }],
    timing: { start: 0, stop: 0 },
  };
}

/**
 * Reads the answer to {@link makeOffer} (RFC 3264 §7).
 * @throws MediaError when it can't be read, or leaves nothing in common.
 */
export function readAnswer(sdp: string): AudioAgreement {
  const description = readDescription(sdp);
  // The answer has a stream for each of the offer's, in its order (§6); we offered one.
  const [stream] = description.streams;
  const codec = stream === undefined ? undefined : commonCodec(stream);
  if (stream === undefined || codec === undefined || obstacle(stream) !== undefined) throw nothingInCommon(description);
  const theirs = [codec, commonEvents(stream)].flatMap((format) => format?.payloadType ?? []);
  return {
    codec,
    payloadTypes: new Set([...theirs, ...OFFERED.map(({ payloadType }) => payloadType)]),
    remote: remoteOf(stream),
    direction: mirrored(stream.direction),
  };
}
