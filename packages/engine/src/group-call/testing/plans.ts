import type { LegRoute } from '../../ports/signaling-port.ts';
import type { Address, Destination } from '../../records/address.ts';
import { DEFAULT_GROUP_CALL_OPTIONS, type GroupCallOptions } from '../../records/group-call-options.ts';
import type { RingMethod } from '../../records/group-call-record.ts';
import type { CallId, CustomerId, GroupCallId } from '../../records/ids.ts';
import type { Plan, PlannedGroup, PlannedLeg, PlannedMember } from '../plan.ts';

/** What a test says about one leg; the rest is made up. */
export interface LegSketch {
  readonly kind: 'leg';
  readonly ringTimeoutMs?: number;
  readonly delayMs?: number;
  readonly failure?: string;
  /** Absent: one contact, whose URI is `sip:<path>@phones.test`. */
  readonly routes?: readonly LegRoute[];
  readonly callerId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a test says about a group. */
export interface GroupSketch {
  readonly kind: 'group';
  readonly ringMethod: RingMethod;
  readonly members: readonly (LegSketch | GroupSketch)[];
  readonly timeoutMs?: number;
  readonly delayMs?: number;
}

/** What a test says about a plan. */
export interface PlanSketch {
  readonly options?: Partial<GroupCallOptions>;
  /** With a master call, whose id is `caller`. */
  readonly caller?: boolean;
  readonly winner?: Plan['winner'];
  readonly bare?: boolean;
  readonly resumeWindowMs?: number;
}

export function leg(sketch: Omit<LegSketch, 'kind'> = {}): LegSketch {
  return { kind: 'leg', ...sketch };
}

export function ringAll(...members: readonly (LegSketch | GroupSketch)[]): GroupSketch {
  return { kind: 'group', ringMethod: 'ring_all', members };
}

export function linear(...members: readonly (LegSketch | GroupSketch)[]): GroupSketch {
  return { kind: 'group', ringMethod: 'linear', members };
}

/** The id of the leg with that path: `call-2.1`. */
export function callId(path: string): CallId {
  return `call-${path}` as CallId;
}

/** The id of the group with that path; the root's path is `''`. */
export function groupId(path: string): GroupCallId {
  return (path === '' ? 'group' : `group-${path}`) as GroupCallId;
}

export const CALLER_ID = 'caller' as CallId;

/** A plan whose ids follow from where everything stands in it. */
export function planOf(root: GroupSketch, sketch: PlanSketch = {}): Plan {
  return {
    customerId: 'customer' as CustomerId,
    domain: 'test',
    source: address('+31201234567'),
    ownerType: '',
    root: plannedGroup(root, ''),
    options: { ...DEFAULT_GROUP_CALL_OPTIONS, ...sketch.options },
    anonymous: false,
    winner: sketch.winner ?? 'stay',
    bare: sketch.bare ?? false,
    ...(sketch.resumeWindowMs === undefined ? undefined : { resumeWindowMs: sketch.resumeWindowMs }),
    ...(sketch.caller === true
      ? {
          master: {
            callId: CALLER_ID,
            sipCallId: 'caller@caller.test',
            source: address('+31201234567'),
            destination: address('+31207654321'),
          },
        }
      : undefined),
  };
}

function plannedGroup(sketch: GroupSketch, path: string): PlannedGroup {
  const members = sketch.members.map((member, at): PlannedMember => {
    const memberPath = path === '' ? `${at + 1}` : `${path}.${at + 1}`;
    return member.kind === 'leg' ? plannedLeg(member, memberPath) : plannedGroup(member, memberPath);
  });
  return {
    kind: 'group',
    id: groupId(path),
    ringMethod: sketch.ringMethod,
    answerMethod: 'hangup_others',
    destinations: members.map((_member, at): Destination => address(`${path}.${at + 1}@test`)),
    members,
    delayMs: sketch.delayMs ?? 0,
    ...(sketch.timeoutMs === undefined ? undefined : { timeoutMs: sketch.timeoutMs }),
  };
}

function plannedLeg(sketch: LegSketch, path: string): PlannedLeg {
  const uri = `sip:${path}@phones.test`;
  return {
    kind: 'leg',
    callId: callId(path),
    destination: address(`${path}@test`),
    routes: sketch.routes ?? [{ kind: 'contact', aor: `${path}@test`, contactId: path, uri }],
    ringTimeoutMs: sketch.ringTimeoutMs ?? 30_000,
    delayMs: sketch.delayMs ?? 0,
    headers: sketch.headers ?? {},
    ...(sketch.failure === undefined ? undefined : { failure: sketch.failure }),
    ...(sketch.callerId === undefined ? undefined : { callerId: sketch.callerId }),
  };
}

function address(target: string): Address {
  return { type: 'endpoint', target, targetName: '', name: '', detail: '' };
}
