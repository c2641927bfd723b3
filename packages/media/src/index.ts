export { MediaError } from './media-error.ts';
export type { MediaErrorCode } from './media-error.ts';
export { OwnAudio } from './own-audio/own-audio.ts';
export type { OwnAudioOptions } from './own-audio/own-audio.ts';
export type { PortRange } from './rtp/port-allocator.ts';
