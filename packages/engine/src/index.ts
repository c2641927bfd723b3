export { NIL_UUID } from './records/ids.ts';
export type { CallId, CustomerId, GroupCallId } from './records/ids.ts';
export { ADDRESS_TYPES } from './records/address.ts';
export type { Address, AddressType, Destination } from './records/address.ts';
export { ANSWER_METHODS, RING_METHODS } from './records/group-call-record.ts';
export type {
  AnswerMethod,
  GroupCallRecord,
  GroupCallStatus,
  LegRecord,
  RingMethod,
} from './records/group-call-record.ts';
export type { CallDirection, CallRecord, CallStatus, HangupBy, HangupReason } from './records/call-record.ts';
export { DEFAULT_GROUP_CALL_OPTIONS, DEFAULT_RING_ALL_TIMEOUT_MS } from './records/group-call-options.ts';
export type { GroupCallOptions } from './records/group-call-options.ts';
export type {
  CallEventType,
  ContactEventType,
  ContactSubject,
  DomainEvent,
  EventType,
  GroupCallEventType,
} from './records/domain-event.ts';
export type {
  AccessKey,
  Agent,
  Customer,
  Extension,
  Group,
  NumberRoute,
  Resource,
  Trunk,
} from './directory/resources.ts';
export type { Directory, LocatedContact } from './ports/directory.ts';
export type { CallStore, Change, FilterOperator, ListFilter, ListQuery, Page } from './ports/call-store.ts';
export type { ResourceStore } from './ports/resource-store.ts';
export type { MediaPort, MediaSession, MediaStats } from './ports/media-port.ts';
export type {
  CallerEnd,
  CallerListener,
  IncomingCall,
  LegEnd,
  LegListener,
  LegOutcome,
  LegRoute,
  PlaceLeg,
  ReleaseReason,
  SignalingPort,
} from './ports/signaling-port.ts';
export { EngineError, refusalOf } from './errors.ts';
export type { EngineErrorCode, EngineErrorDetails } from './errors.ts';
export { GroupCallEngine } from './engine.ts';
export type { GroupCallEngineOptions } from './engine.ts';
export type { EngineLimits } from './use-cases/context.ts';
export type { StartedCalls } from './use-cases/start-calls.ts';
export type { RunnerCounters } from './runner/live-group-call.ts';
export type { StartCalls, StartGroupCall } from './validation/start-command.ts';
export { completeOptions } from './validation/complete-options.ts';
export type { GroupCallOptionsInput } from './validation/complete-options.ts';
export { checkDestinations } from './validation/check-destinations.ts';
export { validateSavedGroup } from './validation/validate-saved-group.ts';
export type { SavedGroupInput } from './validation/validate-saved-group.ts';
export { readAnswerMethod, readRingMethod } from './validation/validate-start.ts';
export { normaliseNumber } from './planner/e164.ts';
