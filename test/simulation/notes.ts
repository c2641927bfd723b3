import { parseTimerKey, type GroupCallTree, type Input, type Plan } from '../../packages/engine/src/internal.ts';
import { isGroupUnwanted, isWithin, must, newLedger, type GroupNotes, type Ledger, type LegNotes } from './ledger.ts';

/** Rule 15's net under signaling: how long the end of a call may take, in ms. */
export const END_LIMIT_MS = 90_000;

/**
 * What has happened so far, as seen from outside of the machine: from what went in and what came out. Its own state is not
 * believed, with one exception: whether it went on ringing after the winner dropped (rule 11).
 */
export class Notes {
  readonly plan: Plan;
  readonly ledger: Ledger;
  /** The leg that is connected, or was when everything ended. */
  winner: LegNotes | undefined;
  answeredAt = 0;
  /** The winner stands, and everyone else has to be given up. */
  settled = false;
  /** The whole group call was told to end. */
  over = false;
  /** A winner was replaced (rule 11). */
  resumed = false;
  #resumedAt = 0;
  finished = false;
  /** The last `prepare`, and the last `prepared`. */
  asked = 0;
  durable = 0;
  /** When ringing has to be over, and when everything has; ms since the epoch. */
  readonly ringUntil: number;
  deadline: number;

  constructor(plan: Plan, startedAt: number) {
    this.plan = plan;
    this.ledger = newLedger(plan);
    this.ledger.root.createdAt = startedAt;
    this.ringUntil = startedAt + totalLimitMs(plan, this.ledger);
    this.deadline = this.ringUntil + END_LIMIT_MS;
  }

  leg(id: string): LegNotes {
    const leg = this.ledger.legOf.get(id);
    must(leg !== undefined, `there is no leg ${id}`);
    return leg;
  }

  group(id: string): GroupNotes {
    const group = this.ledger.groupOf.get(id);
    must(group !== undefined, `there is no group ${id}`);
    return group;
  }

  /** When ringing has to be over, as things are; ms since the epoch. */
  get ringingEndsAt(): number {
    return Math.max(this.ringUntil, this.#resumedAt);
  }

  /** Whether the winner has ended, or was told to. */
  get winnerIsOver(): boolean {
    return this.winner !== undefined && (this.winner.wire === 'over' || this.winner.released !== undefined);
  }

  /** Whether nobody may be rung any more in this group. */
  isEnding(group: GroupNotes): boolean {
    if (this.over || isGroupUnwanted(group) || this.winnerIsOver) return true;
    return this.settled && this.winner !== undefined && !isWithin(this.winner.group, group);
  }

  /** What the input says about the wire, and who is not wanted any more. The caller’s inputs are not looked at. */
  takeInput(input: Input): void {
    switch (input.type) {
      case 'leg-placed':
      case 'leg-ringing':
      case 'leg-answered':
      case 'leg-released':
      case 'leg-ended':
        takeReport(this.leg(input.callId), input);
        break;
      case 'timer':
        this.#takeTimer(input);
        break;
      case 'hang-up':
        this.#takeOrder(input.id);
        break;
      case 'delete':
        this.#takeDelete(input.id);
        this.#takeOrder(input.id);
        break;
      case 'caller-gone':
      case 'caller-ended':
        break;
      case 'prepared':
        this.durable = Math.max(this.durable, input.batch);
        break;
      case 'redirect-resolved':
        this.leg(input.callId).lookingUp = false;
        break;
    }
  }

  takeConnect(leg: LegNotes, now: number): void {
    this.winner = leg;
    leg.connected = true;
    this.answeredAt = now;
    this.settled = (this.plan.resumeWindowMs ?? 0) === 0;
    this.deadline = now + this.plan.options.talkTimeoutMs + END_LIMIT_MS;
    if (this.plan.winner === 'hang-up') this.over = true;
  }

  /** After the winner's end everything ends, unless it dropped by itself within the window (rule 11). */
  takeWinnerEnd(input: Input | undefined, state: GroupCallTree, now: number): void {
    const { winner } = this;
    if (winner === undefined) return;
    if (state.winner !== undefined) {
      const replaceable = winner.wire === 'over' && winner.released === undefined && !this.settled && !this.over;
      must(!replaceable || !this.#someoneRings(), 'the winner dropped within the window, and nobody takes over');
      if (this.winnerIsOver) this.over = true;
      return;
    }
    must(input?.type === 'leg-ended' && winner.wire === 'over', 'a winner is replaced who has not ended');
    must(winner.released === undefined, 'a winner that was given up is replaced');
    must(now - this.answeredAt <= (this.plan.resumeWindowMs ?? 0), 'the winner is replaced after the window');
    for (const group of this.ledger.groups) group.answered = false;
    this.winner = undefined;
    this.settled = false;
    this.resumed = true;
    this.#resumedAt = now;
    this.deadline = Math.max(this.ringUntil, now) + END_LIMIT_MS;
  }

  /** Somebody may still answer. */
  #someoneRings(): boolean {
    return this.ledger.legs.some((leg) => leg.wire === 'placed' && leg.cancelled === undefined);
  }

  #takeTimer({ key }: Extract<Input, { type: 'timer' }>): void {
    const { name, id } = parseTimerKey(key);
    switch (name) {
      case 'talk':
        must(this.winner?.plan.callId === id, `${id} talks too long, and is not the winner`);
        this.over = true;
        break;
      case 'resume':
        this.settled = true;
        break;
      case 'ring':
        must(!this.leg(id).answered, `${id} rings too long after its answer`);
        this.leg(id).unwanted = true;
        break;
      case 'total':
        must(
          this.winner === undefined || !isWithin(this.winner.group, this.group(id)),
          `${id} rings too long after the answer`,
        );
        this.#takeOrder(id);
        break;
      case 'delay':
      case 'end':
        break;
    }
  }

  /** Only what has a record can be deleted. */
  #takeDelete(id: string): void {
    const member = this.ledger.legOf.get(id) ?? this.ledger.groupOf.get(id);
    if (member === undefined) this.ledger.callerDeleteWanted = true;
    else if (member.created) member.deleteWanted = true;
  }

  #takeOrder(id: string): void {
    const { root, groupOf, legOf } = this.ledger;
    const leg = legOf.get(id);
    const group = groupOf.get(id);
    if (leg !== undefined) leg.unwanted = true;
    else if (group === undefined || group === root) this.over = true;
    else group.unwanted = true;
  }
}

type LegReport = Extract<Input, { readonly attempt: number }>;

function takeReport(leg: LegNotes, report: LegReport): void {
  const given = leg.cancelled !== undefined || leg.released !== undefined;
  switch (report.type) {
    case 'leg-placed':
      leg.sipCallId = report.sipCallId;
      break;
    case 'leg-ringing':
      if (!given) leg.rang = true;
      break;
    case 'leg-answered':
      leg.wire = 'answered';
      leg.answered = true;
      break;
    case 'leg-released':
      leg.reasonSent = report.reasonSent;
      break;
    case 'leg-ended':
      leg.wire = 'over';
      leg.sipCode = report.end.sipCode;
      leg.ownCode = given ? 0 : report.end.sipCode;
      break;
    case 'redirect-resolved':
      break;
  }
}

/** Rule 15: how long ringing may go on, in ms. */
function totalLimitMs(plan: Plan, ledger: Ledger): number {
  const set = plan.root.timeoutMs ?? plan.options.timeoutMs;
  if (set !== undefined) return set;
  if (plan.root.ringMethod === 'ring_all') return 120_000;
  const delays = ledger.groups.reduce((sum, group) => sum + group.plan.delayMs, 0);
  return ledger.legs.reduce((sum, { plan: leg }) => sum + leg.delayMs + leg.ringTimeoutMs + END_LIMIT_MS, delays);
}
