import type { CallRecord } from '../records/call-record.ts';
import type { GroupCallRecord, GroupCallStatus, LegRecord } from '../records/group-call-record.ts';
import type { CallId, GroupCallId } from '../records/ids.ts';
import type { Mutable } from './mutable.ts';
import type { CallerState, GroupCallTree, GroupPhase, GroupState, LegPhase, LegState } from './tree.ts';

/** Whether the leg was tried: it has a call record from then on. */
export function isTried(phase: LegPhase): boolean {
  return phase !== 'planned' && phase !== 'delayed' && phase !== 'skipped';
}

/** Whether the leg was tried and has not ended. */
export function isLive(phase: LegPhase): boolean {
  return isTried(phase) && phase !== 'ended';
}

/** Whether the group call has begun: it has a record from then on. */
export function hasBegun(phase: GroupPhase): phase is GroupCallStatus {
  return phase === 'progressing' || phase === 'hangingup' || phase === 'hangup';
}

/** Whether the group call has begun and has not ended. */
export function isGroupLive(phase: GroupPhase): boolean {
  return phase === 'progressing' || phase === 'hangingup';
}

/** Whether somebody in it, or in a group nested in it, won. */
export function isAnswered(group: GroupState): boolean {
  return group.answerLeg !== undefined || group.answerGroup !== undefined;
}

/** Whether the record of this group call is written, told of and shown: every one but a bare root. */
export function isShown(tree: GroupCallTree, index: number): boolean {
  return index !== 0 || !tree.plan.bare;
}

/** The record of a group call of the tree; undefined when it has not begun or is not shown. */
export function groupCallRecord(tree: GroupCallTree, id: GroupCallId): GroupCallRecord | undefined {
  const index = tree.groupIndex.get(id);
  const group = index === undefined ? undefined : tree.groups[index];
  if (index === undefined || group === undefined || !hasBegun(group.phase) || !isShown(tree, index)) return undefined;
  return projectGroup(tree, group, group.phase);
}

/** The record of a leg or of the master call; undefined when there is none, or not yet. */
export function callRecord(tree: GroupCallTree, id: CallId): CallRecord | undefined {
  const index = tree.legIndex.get(id);
  const leg = index === undefined ? undefined : tree.legs[index];
  if (leg !== undefined) return isTried(leg.phase) ? projectLeg(tree, leg) : undefined;
  return tree.caller?.plan.callId === id ? projectCaller(tree, tree.caller) : undefined;
}

/** How many legs of the whole tree are alive (rule 14: counted from the legs themselves). */
export function liveLegs(tree: GroupCallTree): number {
  let live = 0;
  for (const leg of tree.legs) if (isLive(leg.phase)) live++;
  return live;
}

/** The record of a leg that was tried. */
export function projectLeg(tree: GroupCallTree, leg: LegState): CallRecord {
  const { plan } = tree;
  const record: Mutable<CallRecord> = {
    id: leg.plan.callId,
    customerId: plan.customerId,
    rootId: plan.root.id,
    type: 'sip',
    direction: 'outgoing',
    source: plan.source,
    destination: leg.plan.destination,
    status: leg.status,
    action: '',
    hangupBy: leg.hangupBy,
    hangupReason: leg.hangupReason,
    sipCode: leg.sipCode,
    why: leg.why,
    sipCallId: leg.sipCallId,
    tmCreate: leg.tmCreate,
  };
  if (isShown(tree, leg.group)) record.groupcallId = groupAt(tree, leg.group).plan.id;
  if (plan.master !== undefined) record.masterCallId = plan.master.callId;
  if (plan.flowId !== undefined) record.flowId = plan.flowId;
  addCallTimes(record, leg);
  return record;
}

/** The record of the master call. */
export function projectCaller(tree: GroupCallTree, caller: CallerState): CallRecord {
  const { plan } = tree;
  const record: Mutable<CallRecord> = {
    id: caller.plan.callId,
    customerId: plan.customerId,
    rootId: plan.root.id,
    type: 'sip',
    direction: 'incoming',
    source: caller.plan.source,
    destination: caller.plan.destination,
    status: caller.status,
    action: '',
    hangupBy: caller.hangupBy,
    hangupReason: caller.hangupReason,
    sipCode: caller.sipCode,
    why: caller.why,
    sipCallId: caller.plan.sipCallId,
    tmCreate: caller.tmCreate,
  };
  if (plan.flowId !== undefined) record.flowId = plan.flowId;
  addCallTimes(record, caller);
  return record;
}

/** The record of a group call that has begun; `status` is its phase. */
export function projectGroup(tree: GroupCallTree, group: GroupState, status: GroupCallStatus): GroupCallRecord {
  const { plan } = tree;
  const record: Mutable<GroupCallRecord> = {
    id: group.plan.id,
    customerId: plan.customerId,
    rootId: plan.root.id,
    ownerType: plan.ownerType,
    source: plan.source,
    destinations: group.plan.destinations,
    ringMethod: group.plan.ringMethod,
    answerMethod: group.plan.answerMethod,
    status,
    callIds: [],
    groupcallIds: [],
    callCount: 0,
    groupcallCount: 0,
    dialIndex: group.dialIndex,
    hangupReason: group.hangupReason,
    legs: [],
    tmCreate: group.tmCreate,
  };
  addMembers(tree, group, record);
  addLinks(tree, group, record);
  if (plan.ownerId !== undefined) record.ownerId = plan.ownerId;
  if (plan.flowId !== undefined) record.flowId = plan.flowId;
  if (group.tmUpdate !== undefined) record.tmUpdate = group.tmUpdate;
  if (group.tmDelete !== undefined) record.tmDelete = group.tmDelete;
  return record;
}

/** The leg of that index. Throws RangeError when it is none of the tree's own. */
export function legAt(tree: GroupCallTree, index: number): LegState {
  const leg = tree.legs[index];
  if (leg === undefined) throw new RangeError(`no leg ${index} in the tree`);
  return leg;
}

/** The group of that index. Throws RangeError when it is none of the tree's own. */
export function groupAt(tree: GroupCallTree, index: number): GroupState {
  const group = tree.groups[index];
  if (group === undefined) throw new RangeError(`no group ${index} in the tree`);
  return group;
}

/** The destinations: their entries, the ids of those that were tried, and how many live. */
function addMembers(tree: GroupCallTree, group: GroupState, record: Mutable<GroupCallRecord>): void {
  const callIds: CallId[] = [];
  const groupcallIds: GroupCallId[] = [];
  const legs: LegRecord[] = [];
  for (const member of group.members) {
    if (member.kind === 'leg') {
      const leg = legAt(tree, member.index);
      if (isTried(leg.phase)) callIds.push(leg.plan.callId);
      if (isLive(leg.phase)) record.callCount++;
      legs.push(entryOfLeg(leg));
    } else {
      const nested = groupAt(tree, member.index);
      if (hasBegun(nested.phase)) groupcallIds.push(nested.plan.id);
      if (isGroupLive(nested.phase)) record.groupcallCount++;
      legs.push(entryOfGroup(nested));
    }
  }
  record.callIds = callIds;
  record.groupcallIds = groupcallIds;
  record.legs = legs;
}

/** Ids of other records: on whose behalf it rings, what is around it, and what won in it. */
function addLinks(tree: GroupCallTree, group: GroupState, record: Mutable<GroupCallRecord>): void {
  const { parent, answerLeg, answerGroup } = group;
  const { master } = tree.plan;
  if (master !== undefined) record.masterCallId = master.callId;
  if (parent >= 0 && isShown(tree, parent)) record.masterGroupcallId = groupAt(tree, parent).plan.id;
  if (answerLeg !== undefined) record.answerCallId = legAt(tree, answerLeg).plan.callId;
  if (answerGroup !== undefined) record.answerGroupcallId = groupAt(tree, answerGroup).plan.id;
}

function entryOfLeg(leg: LegState): LegRecord {
  const tried = isTried(leg.phase);
  const entry: Mutable<LegRecord> = {
    destination: leg.destination,
    status: tried ? leg.status : '',
    hangupBy: leg.hangupBy,
    hangupReason: leg.hangupReason,
    sipCode: leg.sipCode,
    reasonSent: leg.reasonSent,
    why: leg.why,
  };
  if (tried) entry.callId = leg.plan.callId;
  if (leg.tmDial !== undefined) entry.tmDial = leg.tmDial;
  addEntryTimes(entry, leg);
  return entry;
}

function entryOfGroup(group: GroupState): LegRecord {
  const { phase } = group;
  const begun = hasBegun(phase);
  const entry: Mutable<LegRecord> = {
    destination: group.destination,
    status: begun ? phase : '',
    hangupBy: group.hangupBy,
    hangupReason: group.hangupReason,
    sipCode: 0,
    reasonSent: '',
    why: group.why,
  };
  if (begun) {
    entry.groupcallId = group.plan.id;
    entry.tmDial = group.tmCreate;
  }
  addEntryTimes(entry, group);
  return entry;
}

function addEntryTimes(entry: Mutable<LegRecord>, of: LegState | GroupState): void {
  if (of.tmRinging !== undefined) entry.tmRinging = of.tmRinging;
  if (of.tmAnswer !== undefined) entry.tmAnswer = of.tmAnswer;
  if (of.tmHangup !== undefined) entry.tmHangup = of.tmHangup;
}

function addCallTimes(record: Mutable<CallRecord>, call: LegState | CallerState): void {
  if (call.tmUpdate !== undefined) record.tmUpdate = call.tmUpdate;
  if (call.tmProgressing !== undefined) record.tmProgressing = call.tmProgressing;
  if (call.tmRinging !== undefined) record.tmRinging = call.tmRinging;
  if (call.tmHangup !== undefined) record.tmHangup = call.tmHangup;
  if (call.tmDelete !== undefined) record.tmDelete = call.tmDelete;
}
