import type { CallRecord } from './call-record.ts';
import type { GroupCallRecord } from './group-call-record.ts';
import type { CustomerId } from './ids.ts';

export type GroupCallEventType =
  'groupcall_created' | 'groupcall_ringing' | 'groupcall_progressing' | 'groupcall_hangup' | 'groupcall_deleted';

export type CallEventType =
  'call_created' | 'call_ringing' | 'call_progressing' | 'call_canceling' | 'call_terminating' | 'call_hangup';

export type ContactEventType = 'extension_registered' | 'extension_unregistered';

/** A phone came or went. */
export interface ContactSubject {
  readonly extensionId: string;
  readonly extension: string;
  readonly domain: string;
  readonly contact: string;
  readonly userAgent: string;
  /** ms since the epoch. */
  readonly tmExpire: number;
}

interface EventOf<Type, Subject> {
  readonly id: string;
  readonly type: Type;
  /** When it happened, ms since the epoch. */
  readonly tm: number;
  readonly customerId: CustomerId;
  /** The resource as it was right after the change. */
  readonly subject: Subject;
}

/** Something that happened, as it is written to the outbox in the same commit as the change that caused it. */
export type DomainEvent =
  | EventOf<GroupCallEventType, GroupCallRecord>
  | EventOf<CallEventType, CallRecord>
  | EventOf<ContactEventType, ContactSubject>;

export type EventType = DomainEvent['type'];
