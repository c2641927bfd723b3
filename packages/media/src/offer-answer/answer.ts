import { mirrored } from './direction.ts';
import type { LocalDescription, LocalParty } from './local-description.ts';
import {
  type AudioAgreement,
  commonCodec,
  commonEvents,
  isHold,
  nothingInCommon,
  obstacle,
  remoteOf,
} from './audio-agreement.ts';
import { readDescription } from './remote-description.ts';

/** Our answer, and what follows from it. */
export interface AnsweredOffer {
  readonly description: LocalDescription;
  readonly agreement: AudioAgreement;
}

/**
 * Answers an offer (RFC 3264 §6): the first audio stream that we can carry is taken, with one codec (the first of the
 * offer's list that we speak) so that it can't change under way, and with digit events if they are offered. All other
 * streams are refused by port 0, in their places.
 * @throws MediaError when it can't be read, or leaves nothing in common.
 */
export function answerOffer(party: LocalParty, sdp: string): AnsweredOffer {
  const description = readDescription(sdp);
  const chosen = description.streams.find((stream) => obstacle(stream) === undefined);
  const codec = chosen === undefined ? undefined : commonCodec(chosen);
  if (chosen === undefined || codec === undefined) throw nothingInCommon(description);
  const codecs = [codec, commonEvents(chosen)].filter((format) => format !== undefined);
  // Hold as RFC 2543 did it says sendrecv; we answer as to a sendonly, for we send nothing either way.
  const direction = isHold(chosen) && chosen.direction === 'sendrecv' ? 'recvonly' : mirrored(chosen.direction);
  return {
    description: {
      party,
      streams: description.streams.map((stream) =>
        stream === chosen ? { carried: { protocol: stream.protocol, codecs, direction } } : { refused: stream },
      ),
      timing: description.timing,
    },
    agreement: {
      codec,
      payloadTypes: new Set(codecs.map(({ payloadType }) => payloadType)),
      remote: remoteOf(chosen),
      direction,
    },
  };
}
