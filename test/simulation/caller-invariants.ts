import type { CallRecord, CallStatus } from '@groupcall/engine';
import type { Effect, GroupCallTree, Plan } from '../../packages/engine/src/internal.ts';
import { isOnWire, must, type Ledger, type LegNotes } from './ledger.ts';
import { STATUS_OF } from './record-invariants.ts';

type CallerEffect = Extract<
  Effect,
  { readonly type: 'caller-ringing' | 'caller-progress' | 'caller-reject' | 'caller-release' }
>;

/** What always holds on the caller's side (rules 14, 19, 20, 21). */
export class CallerInvariants {
  readonly #plan: Plan;
  readonly #ledger: Ledger;
  readonly #events = new Set<string>();
  readonly #progressed = new Set<string>();
  #told = false;
  #status: CallStatus | undefined;
  #connected = false;
  /** The caller was refused or released. */
  #closed = false;
  #gone = false;
  #ended = false;

  constructor(plan: Plan, ledger: Ledger) {
    this.#plan = plan;
    this.#ledger = ledger;
  }

  /** Nothing is left on the caller's side. */
  get over(): boolean {
    return this.#plan.master === undefined || this.#ended;
  }

  /** True when it ends the group call: the caller left, and was not sent away. */
  takeGone(ended: boolean): boolean {
    const leaves = !this.#closed && !this.#gone;
    this.#gone = true;
    if (ended) this.#ended = true;
    return leaves;
  }

  takeConnect(): void {
    must(!this.#closed && !this.#gone, 'a caller who is gone or refused is connected');
    this.#connected = true;
  }

  takeEffect(effect: CallerEffect, winner: LegNotes | undefined): void {
    must(this.#plan.master !== undefined && !this.#gone && !this.#closed, `${effect.type} to a caller who is gone`);
    switch (effect.type) {
      case 'caller-ringing':
        must(!this.#told, 'the caller is told twice that it rings');
        this.#told = true;
        break;
      case 'caller-progress':
        this.#takeProgress(effect.from);
        break;
      case 'caller-reject':
        must(!this.#connected, 'a connected caller is refused');
        this.#checkCode(effect.sipCode);
        this.#closed = true;
        break;
      case 'caller-release':
        must(this.#connected, 'a caller is released who was never connected');
        must(!isTalking(winner), 'the caller is released while the winner talks');
        this.#closed = true;
        break;
    }
  }

  takeEvent(event: string, subject: CallRecord): void {
    must(!this.#events.has(event), `${event} of the caller twice`);
    must(!this.#events.has('call_hangup'), `${event} of the caller after its hang-up`);
    must(event === 'call_created' || this.#events.size > 0, `${event} of the caller before its creation`);
    must(subject.status === STATUS_OF.get(event), `${event} of the caller, who is ${subject.status}`);
    must((subject.tmRinging !== undefined) === this.#told, `the caller has tm_ringing ${subject.tmRinging}`);
    must((subject.tmProgressing !== undefined) === this.#connected, 'the caller has a wrong tm_progressing');
    this.#status = subject.status;
    if (event === 'call_hangup') must(this.#ended, 'the caller hung up, and its end was not told');
    this.#events.add(event);
  }

  /** At the end of a step. */
  checkStep(winner: LegNotes | undefined, state: GroupCallTree): void {
    if (this.#plan.master === undefined) return;
    must(this.#status === this.#expectedStatus(), `the caller is told to be ${this.#status}`);
    if (this.#gone) return;
    const rang = this.#ledger.legs.some((leg) => leg.rang);
    must(!rang || this.#told || this.#connected || this.#closed, 'a phone rings and the caller is not told');
    if (this.#connected && winner !== undefined) {
      const talks = isTalking(winner);
      must(talks !== this.#closed, talks ? 'the caller is released too early' : 'the caller sits in a dead call');
    } else if (state.groups[0]?.phase === 'hangup') {
      must(this.#closed, 'the group call is over, and the caller waits');
    }
    if (this.#closed && !this.#connected) {
      for (const leg of this.#ledger.legs) {
        must(!isOnWire(leg) || leg.cancelled !== undefined, 'the caller is refused while a phone may still win');
      }
    }
  }

  /** What the caller's call is doing, by what was sent and received. */
  #expectedStatus(): CallStatus {
    if (this.#ended) return 'hangup';
    if (this.#closed || this.#gone) return this.#connected ? 'terminating' : 'canceling';
    if (this.#connected) return 'progressing';
    return this.#told ? 'ringing' : 'dialing';
  }

  /** Rule 19: only where a single leg rings, and by the policy. */
  #takeProgress(from: string): void {
    must(this.#plan.options.earlyMedia === 'single', 'early media is passed against the policy');
    must(!this.#connected && !this.#progressed.has(from), `early media of ${from} is passed twice, or too late`);
    for (const leg of this.#ledger.legs) {
      must(leg.plan.callId === from || !isOnWire(leg), 'early media is passed while several legs ring');
    }
    this.#progressed.add(from);
    this.#told = true;
  }

  /** Rule 20. */
  #checkCode(sipCode: number): void {
    must(sipCode >= 400 && sipCode < 700, `the caller gets ${sipCode}`);
    must(
      ![401, 407, 487].includes(sipCode) || this.#plan.options.failOn.includes(sipCode),
      `the caller gets ${sipCode}`,
    );
    const busy = this.#ledger.legs.some((leg) => leg.endedItself && leg.ownCode === 486);
    must(
      !busy || sipCode === 486 || sipCode >= 600 || sipCode === 503 || this.#failed(sipCode),
      `busy loses to ${sipCode}`,
    );
  }

  #failed(sipCode: number): boolean {
    return this.#plan.options.failOn.includes(sipCode);
  }
}

/** The winner has answered, and has neither ended nor been told to. */
function isTalking(winner: LegNotes | undefined): boolean {
  return winner?.wire === 'answered' && winner.released === undefined;
}
