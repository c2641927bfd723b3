import { beginCaller } from './caller.ts';
import { beginGroup } from './begin.ts';
import type { Plan, PlannedGroup } from './plan.ts';
import { settle } from './settle.ts';
import { Step, type Transition } from './step.ts';
import type { CallerState, GroupCallTree, GroupState, LegState, Member } from './tree.ts';

/**
 * Begins a group call: the whole plan goes into the state (rule 1), the destinations whose turn it is get their records, and
 * a `prepare` asks for these to be made durable before anybody is rung.
 *
 * @param now ms since the epoch.
 */
export function start(plan: Plan, now: number): Transition {
  const step = new Step(plant(plan), now);
  beginCaller(step);
  beginGroup(step, 0);
  settle(step);
  return step.end();
}

/** The state before anything has happened. */
function plant(plan: Plan): GroupCallTree {
  const groups: GroupState[] = [];
  const legs: LegState[] = [];
  const groupIndex = new Map<string, number>();
  const legIndex = new Map<string, number>();

  function plantGroup(planned: PlannedGroup, parent: number, destination: number, path: string): number {
    const index = groups.length;
    const members: Member[] = [];
    groupIndex.set(planned.id, index);
    groups.push(newGroup(planned, parent, destination, path, members));
    planned.members.forEach((member, at) => {
      const memberPath = path === '' ? `${at + 1}` : `${path}.${at + 1}`;
      if (member.kind === 'group') {
        members.push({ kind: 'group', index: plantGroup(member, index, at, memberPath) });
      } else {
        legIndex.set(member.callId, legs.length);
        members.push({ kind: 'leg', index: legs.length });
        legs.push({ ...NEW_LEG, plan: member, group: index, destination: at, path: memberPath });
      }
    });
    return index;
  }

  plantGroup(plan.root, -1, 0, '');
  return {
    plan,
    version: 0,
    groups,
    legs,
    caller: plan.master === undefined ? undefined : { ...NEW_CALLER, plan: plan.master },
    groupIndex,
    legIndex,
    winner: undefined,
    failedBy: undefined,
    batch: 0,
    ignored: 0,
    finished: false,
  };
}

function newGroup(
  plan: PlannedGroup,
  parent: number,
  destination: number,
  path: string,
  members: readonly Member[],
): GroupState {
  return {
    stamp: 0,
    plan,
    parent,
    destination,
    path,
    members,
    phase: 'planned',
    timer: undefined,
    dialIndex: 0,
    answerLeg: undefined,
    answerGroup: undefined,
    givenUp: undefined,
    deleteWanted: false,
    hangupReason: '',
    hangupBy: '',
    why: '',
    tmCreate: 0,
    tmUpdate: undefined,
    tmRinging: undefined,
    tmAnswer: undefined,
    tmHangup: undefined,
    tmDelete: undefined,
  };
}

const NEW_LEG: Omit<LegState, 'plan' | 'group' | 'destination' | 'path'> = {
  stamp: 0,
  phase: 'planned',
  status: 'dialing',
  attempt: 0,
  timer: undefined,
  route: undefined,
  nextRoutes: [],
  nextRedirects: [],
  redirects: 0,
  redirectedTo: [],
  batch: 0,
  givenUp: undefined,
  passedEarlyMedia: false,
  deleteWanted: false,
  sipCallId: '',
  sipCode: 0,
  reasonSent: '',
  hangupBy: '',
  hangupReason: '',
  why: '',
  tmCreate: 0,
  tmUpdate: undefined,
  tmDial: undefined,
  tmRinging: undefined,
  tmAnswer: undefined,
  tmProgressing: undefined,
  tmHangup: undefined,
  tmDelete: undefined,
};

const NEW_CALLER: Omit<CallerState, 'plan'> = {
  stamp: 0,
  phase: 'waiting',
  timer: undefined,
  status: 'dialing',
  rang: false,
  deleteWanted: false,
  sipCode: 0,
  hangupBy: '',
  hangupReason: '',
  why: '',
  tmCreate: 0,
  tmUpdate: undefined,
  tmRinging: undefined,
  tmProgressing: undefined,
  tmHangup: undefined,
  tmDelete: undefined,
};
