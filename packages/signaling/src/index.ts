export { SipSignaling } from './sip-signaling.ts';
export type { SipSignalingOptions } from './sip-signaling.ts';
export type { AccountLookup, TrunkLookup } from './lookups.ts';
export { aorOf } from './registrar-service.ts';
export type { RegistrationChange } from './registrar-service.ts';
export type { GateCounters } from './account-gate.ts';
export type { SourceMuteLimits } from './source-mute.ts';
export { customHeaders } from './custom-headers.ts';
