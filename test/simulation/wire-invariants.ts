import type { ReleaseReason } from '@groupcall/engine';
import { parseTimerKey, type Input, type Place } from '../../packages/engine/src/internal.ts';
import { isOnWire, isUnwanted, must, type LegNotes } from './ledger.ts';
import type { Notes } from './notes.ts';

/** What may be done to the phones (rules 1, 2, 5, 6, 7, 8, 10, 21, 22). */
export class WireInvariants {
  readonly #notes: Notes;
  readonly #targets = new Set<string>();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  takePlace({ leg: { callId, route }, attempt }: Place, input: Input | undefined, now: number): void {
    const notes = this.#notes;
    const leg = notes.leg(callId);
    must(input?.type === 'prepared', `leg ${callId} is placed without having been durable`);
    must(leg.batch !== undefined && leg.batch <= input.batch, `leg ${callId} is placed before its record is durable`);
    must(!isOnWire(leg), `leg ${callId} is placed while it is on the wire`);
    must(attempt > leg.attempt, `leg ${callId} is placed twice with attempt ${attempt}`);
    must(!leg.hungUp && !isUnwanted(leg), `leg ${callId} is placed, and nobody wants it`);
    must(!notes.over && notes.winner === undefined, `leg ${callId} is placed after the end or the answer`);
    const target = route.kind === 'trunk' ? `${route.number} via ${route.trunkId}` : route.uri;
    must(!this.#targets.has(target), `${target} is rung twice`);
    this.#targets.add(target);
    leg.wire = 'placed';
    leg.attempt = attempt;
    leg.firstPlacedAt ??= now;
  }

  takeLookup(leg: LegNotes): void {
    const id = leg.plan.callId;
    leg.lookingUp = true;
    must(++leg.lookups <= 5, `leg ${id} follows more than 5 redirections`);
    must(this.#notes.plan.options.redirects === 'follow', `leg ${id} follows a redirection against the policy`);
  }

  takeCancel(leg: LegNotes, reason: ReleaseReason, input: Input | undefined): void {
    const id = leg.plan.callId;
    const { winner, settled, over } = this.#notes;
    must(leg.wire === 'placed', `leg ${id} is cancelled, and has no INVITE out`);
    must(leg.cancelled === undefined, `leg ${id} is cancelled twice`);
    if (winner === undefined) {
      must(reason !== 'elsewhere', `leg ${id} is told that the call was completed elsewhere, and nobody won`);
      must(reason === expected(input), `leg ${id} is told ${reason}`);
    } else if (settled || over) {
      must(reason === 'elsewhere', `leg ${id} is told ${reason}, and another leg won`);
    } else {
      must(input?.type !== 'leg-answered', `leg ${id} is cancelled by the answer, and the window is open`);
    }
    leg.cancelled = reason;
  }

  takeRelease(leg: LegNotes, reason: ReleaseReason, input: Input | undefined): void {
    const id = leg.plan.callId;
    const { winner, plan } = this.#notes;
    must(leg.wire === 'answered', `leg ${id} is released, and has not answered`);
    must(leg.released === undefined, `leg ${id} is released twice`);
    if (leg.cancelled !== undefined) {
      must(reason === leg.cancelled, `leg ${id} is released with ${reason}, and was cancelled with ${leg.cancelled}`);
    } else if (leg !== winner) {
      must(reason === 'elsewhere' && winner !== undefined, `leg ${id} is released with ${reason}`);
    } else if (input?.type === 'leg-answered') {
      must(reason === 'normal' && plan.winner === 'hang-up', `the winner ${id} is released with ${reason} at once`);
    } else {
      must(input?.type !== 'leg-ended', `the winner ${id} is released because of another leg`);
      must(reason === expected(input), `the winner ${id} is released with ${reason}`);
    }
    leg.released = reason;
  }

  takeConnect(leg: LegNotes, input: Input | undefined, now: number): void {
    const id = leg.plan.callId;
    const notes = this.#notes;
    must(notes.winner === undefined, `leg ${id} wins, and there is a winner already`);
    must(input?.type === 'leg-answered' && input.callId === id, `leg ${id} is connected without its answer`);
    must(leg.cancelled === undefined && leg.released === undefined, `leg ${id} wins after it was given up`);
    must(!notes.over && !isUnwanted(leg), `leg ${id} wins after the end`);
    notes.takeConnect(leg, now);
  }
}

/** What the phones are told when nobody has won, and the winner when it is hung up, by what happened (rule 7). */
function expected(input: Input | undefined): ReleaseReason | undefined {
  switch (input?.type) {
    case 'caller-gone':
    case 'caller-ended':
      return input.end.kind === 'bye' ? 'normal' : 'caller-gone';
    case 'hang-up':
      return input.cause;
    case 'delete':
      return 'hang-up';
    case 'leg-ended':
    case 'redirect-resolved':
      return 'failed';
    case 'timer':
      return OF_TIMER.get(parseTimerKey(input.key).name);
    default:
      return undefined;
  }
}

const OF_TIMER: ReadonlyMap<string, ReleaseReason> = new Map([
  ['total', 'total-timeout'],
  ['ring', 'ring-timeout'],
  ['talk', 'talk-timeout'],
]);
