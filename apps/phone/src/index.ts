export { Phone, PhoneError } from './phone.ts';
export type { PhoneOptions } from './phone.ts';
export type { PhoneBehaviour, PhoneSettings } from './phone-settings.ts';
export type { CallDirection, EndReason, PhoneEvent } from './phone-event.ts';
export { CommandError, parseCommand } from './phone-command.ts';
export type { PhoneCommand } from './phone-command.ts';
export type { RtpCounts } from './audio.ts';
export { SdpError } from './sdp.ts';
export type { Direction } from './sdp.ts';
