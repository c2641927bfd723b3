import type { CallStatus, GroupCallStatus, HangupReason, ReleaseReason } from '@groupcall/engine';
import type { Plan, PlannedGroup, PlannedLeg } from '../../packages/engine/src/internal.ts';

/** Thrown when the machine did what it never may. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Violation';
  }
}

/** Throws a {@link Violation} unless `holds`. */
export function must(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Violation(message);
}

/** What is known of a leg from outside of the machine: from what went in and what came out. */
export interface LegNotes {
  readonly plan: PlannedLeg;
  readonly group: GroupNotes;
  /** Index among the destinations of its group. */
  readonly at: number;
  /** What is on the wire: nothing yet, an INVITE, an answered call, or nothing any more. */
  wire: 'none' | 'placed' | 'answered' | 'over';
  created: boolean;
  hungUp: boolean;
  /** A 18x came while it was wanted. */
  rang: boolean;
  answered: boolean;
  connected: boolean;
  status: CallStatus | undefined;
  /** What the last event of it told. */
  told: CallStatus | undefined;
  sipCallId: string;
  sipCode: number;
  reasonSent: string;
  /** The `prepare` that made its record durable. */
  batch: number | undefined;
  attempt: number;
  firstPlacedAt: number | undefined;
  /** The reason of its CANCEL, of the attempt that is on the wire. */
  cancelled: ReleaseReason | undefined;
  released: ReleaseReason | undefined;
  hangupReason: HangupReason;
  deleteWanted: boolean;
  lookups: number;
  /** A redirection is being looked up for it. */
  lookingUp: boolean;
  /** It was told to end, by its own timer or by an order for it alone. */
  unwanted: boolean;
  /** Code of its last report that it was not told to make. */
  ownCode: number;
  /** It hung up because of that report. */
  endedItself: boolean;
}

/** What is known of a group call from outside of the machine. */
export interface GroupNotes {
  readonly plan: PlannedGroup;
  readonly parent: GroupNotes | undefined;
  readonly at: number;
  /** Its record and events are to be seen. */
  readonly shown: boolean;
  readonly legs: LegNotes[];
  readonly groups: GroupNotes[];
  /** In the order of the destinations. */
  readonly members: (LegNotes | GroupNotes)[];
  created: boolean;
  createdAt: number;
  hungUp: boolean;
  deleteWanted: boolean;
  deleted: boolean;
  rang: boolean;
  /** It was told to be answered, by the leg that is the winner. */
  answered: boolean;
  status: GroupCallStatus | undefined;
  /** Legs and groups of its own that were created and have not hung up. */
  liveCalls: number;
  liveGroups: number;
  /** It was told to end, by its own timer or by an order for it alone. */
  unwanted: boolean;
}

/** The notes of a whole tree. */
export interface Ledger {
  readonly root: GroupNotes;
  readonly legs: LegNotes[];
  readonly groups: GroupNotes[];
  readonly legOf: ReadonlyMap<string, LegNotes>;
  readonly groupOf: ReadonlyMap<string, GroupNotes>;
  /** The master call is to be deleted. */
  callerDeleteWanted: boolean;
}

export function newLedger(plan: Plan): Ledger {
  const legs: LegNotes[] = [];
  const groups: GroupNotes[] = [];

  function note(planned: PlannedGroup, parent: GroupNotes | undefined, at: number): GroupNotes {
    const group: GroupNotes = {
      ...NEW_GROUP,
      plan: planned,
      parent,
      at,
      shown: parent !== undefined || !plan.bare,
      ...lists(),
    };
    groups.push(group);
    planned.members.forEach((member, index) => {
      if (member.kind === 'group') {
        const nested = note(member, group, index);
        group.groups.push(nested);
        group.members.push(nested);
      } else {
        const leg: LegNotes = { ...NEW_LEG, plan: member, group, at: index };
        legs.push(leg);
        group.legs.push(leg);
        group.members.push(leg);
      }
    });
    return group;
  }

  const root = note(plan.root, undefined, 0);
  // A bare root has no events; it is there from the start.
  root.created = true;
  return {
    root,
    legs,
    groups,
    legOf: new Map(legs.map((leg) => [leg.plan.callId, leg])),
    groupOf: new Map(groups.map((group) => [group.plan.id, group])),
    callerDeleteWanted: false,
  };
}

/** Whether the leg has something on the wire. */
export function isOnWire(leg: LegNotes): boolean {
  return leg.wire === 'placed' || leg.wire === 'answered';
}

/** Whether the leg, or a group around it, was told to end. */
export function isUnwanted(leg: LegNotes): boolean {
  return leg.unwanted || isGroupUnwanted(leg.group);
}

/** Whether the group, or one around it, was told to end. */
export function isGroupUnwanted(group: GroupNotes): boolean {
  for (let at: GroupNotes | undefined = group; at !== undefined; at = at.parent) if (at.unwanted) return true;
  return false;
}

/** Whether `group` is `around` or nested in it. */
export function isWithin(group: GroupNotes, around: GroupNotes): boolean {
  for (let at: GroupNotes | undefined = group; at !== undefined; at = at.parent) if (at === around) return true;
  return false;
}

function lists(): Pick<GroupNotes, 'legs' | 'groups' | 'members'> {
  return { legs: [], groups: [], members: [] };
}

const NEW_LEG: Omit<LegNotes, 'plan' | 'group' | 'at'> = {
  wire: 'none',
  created: false,
  hungUp: false,
  rang: false,
  answered: false,
  connected: false,
  status: undefined,
  told: undefined,
  sipCallId: '',
  sipCode: 0,
  reasonSent: '',
  batch: undefined,
  attempt: 0,
  firstPlacedAt: undefined,
  cancelled: undefined,
  released: undefined,
  hangupReason: '',
  deleteWanted: false,
  lookups: 0,
  lookingUp: false,
  unwanted: false,
  ownCode: 0,
  endedItself: false,
};

const NEW_GROUP: Omit<GroupNotes, 'plan' | 'parent' | 'at' | 'shown' | 'legs' | 'groups' | 'members'> = {
  created: false,
  createdAt: 0,
  hungUp: false,
  deleteWanted: false,
  deleted: false,
  rang: false,
  answered: false,
  status: undefined,
  liveCalls: 0,
  liveGroups: 0,
  unwanted: false,
};
