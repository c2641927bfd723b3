import type { CallEventType, GroupCallEventType } from '../records/domain-event.ts';
import type { CallId, GroupCallId } from '../records/ids.ts';
import type { Effect } from './effect.ts';
import type { Mutable } from './mutable.ts';
import { groupAt, hasBegun, isShown, isTried, legAt, projectCaller, projectGroup, projectLeg } from './project.ts';
import { timerKey, type TimerName } from './timer-key.ts';
import type { CallerState, GroupCallTree, GroupState, LegState } from './tree.ts';

/** The outcome of one step of the machine. */
export interface Transition {
  readonly state: GroupCallTree;
  readonly effects: readonly Effect[];
  /** Why the input meant nothing in this state; undefined when it did. For the log. */
  readonly ignored: string | undefined;
}

/**
 * One step under way: a draft of the next state, and what is to be done about it. Copy-on-write: a leg or group is copied
 * the first time the step edits it, which its stamp tells, and a state that was given out is never touched.
 */
export class Step {
  readonly now: number;
  /** The draft. Read it freely; change it through `editLeg`, `editGroup`, `editCaller` and the root members only. */
  readonly tree: Mutable<GroupCallTree>;

  readonly #effects: Effect[] = [];
  readonly #changedGroups: number[] = [];
  readonly #changedLegs: number[] = [];
  readonly #unsettled: number[] = [];
  readonly #version: number;
  #legs: LegState[] | undefined;
  #groups: GroupState[] | undefined;
  #callerChanged = false;
  #preparing = false;
  #ignored: string | undefined;

  constructor(state: GroupCallTree, now: number) {
    this.now = now;
    this.tree = { ...state, version: state.version + 1 };
    this.#version = this.tree.version;
  }

  leg(index: number): LegState {
    return legAt(this.tree, index);
  }

  group(index: number): GroupState {
    return groupAt(this.tree, index);
  }

  /** The leg, to be written; its record, and that of its group, which shows the leg, are marked as changed. */
  editLeg(index: number): Mutable<LegState> {
    const leg = this.editCall(index);
    this.editGroup(leg.group);
    return leg;
  }

  /** The leg, to be written in what its group's record does not show: only its own record is marked as changed. */
  editCall(index: number): Mutable<LegState> {
    let leg = legAt(this.tree, index) as Mutable<LegState>;
    if (leg.stamp !== this.#version) {
      leg = { ...leg, stamp: this.#version, tmUpdate: isTried(leg.phase) ? this.now : undefined };
      this.#legs ??= this.#ownLegs();
      this.#legs[index] = leg;
      this.#changedLegs.push(index);
    }
    return leg;
  }

  /** The group, to be written; its record is marked as changed. */
  editGroup(index: number): Mutable<GroupState> {
    let group = groupAt(this.tree, index) as Mutable<GroupState>;
    if (group.stamp !== this.#version) {
      group = { ...group, stamp: this.#version, tmUpdate: hasBegun(group.phase) ? this.now : undefined };
      this.#groups ??= this.#ownGroups();
      this.#groups[index] = group;
      this.#changedGroups.push(index);
    }
    return group;
  }

  /** The group, to be written in what the record of the group around it shows, too: status, reasons and times. */
  editGroupEntry(index: number): Mutable<GroupState> {
    const group = this.editGroup(index);
    if (group.parent >= 0) this.editGroup(group.parent);
    return group;
  }

  /** The caller, to be written; its record is marked as changed. Call it only when there is a master call. */
  editCaller(): Mutable<CallerState> {
    let caller = this.tree.caller as Mutable<CallerState>;
    if (caller.stamp !== this.#version) {
      caller = { ...caller, stamp: this.#version, tmUpdate: this.now };
      this.tree.caller = caller;
      this.#callerChanged = true;
    }
    return caller;
  }

  /** Adds something to be done. */
  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  publishLeg(event: CallEventType, index: number): void {
    this.#effects.push({ type: 'publish', event, subject: projectLeg(this.tree, legAt(this.tree, index)) });
  }

  /** Tells nothing when the group is not shown. */
  publishGroup(event: GroupCallEventType, index: number): void {
    const group = groupAt(this.tree, index);
    if (!hasBegun(group.phase) || !isShown(this.tree, index)) return;
    this.#effects.push({ type: 'publish', event, subject: projectGroup(this.tree, group, group.phase) });
  }

  publishCaller(event: CallEventType): void {
    const { caller } = this.tree;
    if (caller !== undefined) this.#effects.push({ type: 'publish', event, subject: projectCaller(this.tree, caller) });
  }

  /** Stops the timer of a leg, a group or the caller, and starts another one in its place. */
  setTimer(of: Mutable<Pick<LegState, 'timer'>>, id: string, name: TimerName, delayMs: number): void {
    this.clearTimer(of, id);
    of.timer = name;
    this.#effects.push({ type: 'set-timer', key: timerKey(name, id), delayMs });
  }

  /** Stops the timer of a leg, a group or the caller, if one runs. */
  clearTimer(of: Mutable<Pick<LegState, 'timer'>>, id: string): void {
    if (of.timer === undefined) return;
    this.#effects.push({ type: 'clear-timer', key: timerKey(of.timer, id) });
    of.timer = undefined;
  }

  /** The batch under which this step's new legs are made durable; the step ends with a `prepare`. */
  prepare(): number {
    if (!this.#preparing) {
      this.#preparing = true;
      this.tree.batch += 1;
    }
    return this.tree.batch;
  }

  /** Has `settle` look at this group: something in it ended, or it began. */
  unsettle(group: number): void {
    if (!this.#unsettled.includes(group)) this.#unsettled.push(group);
  }

  /** A group that is to be looked at. In any order: when one that is nested ends, the one around it is looked at again. */
  takeUnsettled(): number | undefined {
    return this.#unsettled.pop();
  }

  /** The input means nothing in this state. Nothing else may have been done in this step. */
  ignore(why: string): void {
    this.#ignored = why;
    this.tree.ignored += 1;
  }

  /** The next state, and the effects: `persist` first, `prepare` last. */
  end(): Transition {
    this.#addPersist();
    if (this.#preparing) this.#effects.push({ type: 'prepare', batch: this.tree.batch });
    return { state: this.tree, effects: this.#effects, ignored: this.#ignored };
  }

  #addPersist(): void {
    const groupCalls: GroupCallId[] = [];
    const calls: CallId[] = [];
    for (const index of this.#changedGroups) {
      const group = groupAt(this.tree, index);
      if (hasBegun(group.phase) && isShown(this.tree, index)) groupCalls.push(group.plan.id);
    }
    for (const index of this.#changedLegs) {
      const leg = legAt(this.tree, index);
      if (isTried(leg.phase)) calls.push(leg.plan.callId);
    }
    if (this.#callerChanged && this.tree.caller !== undefined) calls.push(this.tree.caller.plan.callId);
    if (groupCalls.length + calls.length > 0) this.#effects.unshift({ type: 'persist', groupCalls, calls });
  }

  #ownLegs(): LegState[] {
    const legs = this.tree.legs.slice();
    this.tree.legs = legs;
    return legs;
  }

  #ownGroups(): GroupState[] {
    const groups = this.tree.groups.slice();
    this.tree.groups = groups;
    return groups;
  }
}
