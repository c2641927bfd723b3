import { AppError } from '@groupcall/kernel';

/**
 * - `MEDIA_SDP_MALFORMED`: a session description that can't be read;
 * - `MEDIA_NOTHING_IN_COMMON`: it can be read, and holds no audio that this server can carry;
 * - `MEDIA_PORT_RANGE`: the configured range of ports holds no pair;
 * - `MEDIA_NO_FREE_PORT`: every pair of the range is taken, or the system refused to open one;
 * - `MEDIA_CLOSED`: the media engine was shut down.
 */
export type MediaErrorCode =
  'MEDIA_SDP_MALFORMED' | 'MEDIA_NOTHING_IN_COMMON' | 'MEDIA_PORT_RANGE' | 'MEDIA_NO_FREE_PORT' | 'MEDIA_CLOSED';

/** What keeps a call without audio. */
export class MediaError extends AppError<MediaErrorCode> {}
