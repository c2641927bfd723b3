import type { LegEnd, PlaceLeg, ReleaseReason } from '@groupcall/engine';
import type { Clock } from '@groupcall/kernel';

/** What a phone does by itself, in ms after its INVITE. What is absent it does not do. */
export interface PhoneScript {
  readonly ringAfterMs?: number;
  readonly answerAfterMs?: number;
  /** Refuses with this status. */
  readonly refuse?: { readonly afterMs: number; readonly sipCode: number };
  /** Points elsewhere with a 302. */
  readonly redirect?: { readonly afterMs: number; readonly to: readonly string[] };
  /** How long a CANCEL or BYE takes to be answered; never, when Infinity. 1 when absent. */
  readonly byeMs?: number;
}

/** The Reason header fields that phones get by rule 6; `''` by rule 7. */
const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';

const BUSY = [486, 600, 603];
const NO_ANSWER = [408, 480, 487];

/** One INVITE to a phone. Reports come from the clock, never from within an order, as the port has it. */
export class ScriptedLeg {
  readonly order: PlaceLeg;
  /** Why the leg was given up before an answer. */
  cancelled: ReleaseReason | undefined;
  /** Why the leg was ended after an answer. */
  released: ReleaseReason | undefined;
  connected = false;

  readonly #clock: Clock;
  readonly #byeMs: number;
  #state: 'dialled' | 'answered' | 'ended' = 'dialled';

  constructor(order: PlaceLeg, clock: Clock, n: number, script: PhoneScript = {}) {
    this.order = order;
    this.#clock = clock;
    this.#byeMs = script.byeMs ?? 1;
    this.#after(0, () => {
      order.listener.placed(`call-${n}@phones`);
    });
    const { ringAfterMs, answerAfterMs, refuse, redirect } = script;
    if (ringAfterMs !== undefined)
      this.#after(ringAfterMs, () => {
        this.ring();
      });
    if (answerAfterMs !== undefined)
      this.#after(answerAfterMs, () => {
        this.answer();
      });
    if (refuse !== undefined)
      this.#after(refuse.afterMs, () => {
        this.refuse(refuse.sipCode);
      });
    if (redirect !== undefined)
      this.#after(redirect.afterMs, () => {
        this.redirect(redirect.to);
      });
  }

  /** Where the INVITE went: a URI, or a number. */
  get target(): string {
    const { route } = this.order;
    return route.kind === 'trunk' ? route.number : route.uri;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  ring(sipCode = 180, earlyMedia = false): void {
    if (this.#state === 'dialled') this.order.listener.ringing(sipCode, earlyMedia);
  }

  /** Also after a CANCEL: it crossed the 200. */
  answer(): void {
    if (this.#state !== 'dialled') return;
    this.#state = 'answered';
    this.order.listener.answered();
  }

  refuse(sipCode: number, detail = `${sipCode} refused`): void {
    const outcome = BUSY.includes(sipCode) ? 'busy' : NO_ANSWER.includes(sipCode) ? 'noanswer' : 'failed';
    this.#end({ outcome, sipCode, detail, tryNextRoute: sipCode >= 500 && sipCode < 600 });
  }

  redirect(to: readonly string[]): void {
    this.#end({ outcome: 'redirected', sipCode: 302, detail: '302 Moved Temporarily', redirectTo: to });
  }

  /** Nothing answers the INVITE at all. */
  timeOut(): void {
    this.#end({ outcome: 'failed', detail: 'no reply to INVITE within 32 s', tryNextRoute: true });
  }

  /** The phone ends the call that it answered. */
  hangUp(): void {
    if (this.#state === 'answered') this.#end({ outcome: 'normal', sipCode: 200, detail: 'hung up' });
  }

  /** The order of the port. */
  cancel(reason: ReleaseReason): void {
    if (this.cancelled !== undefined || this.#state !== 'dialled') return;
    this.cancelled = reason;
    this.#after(0, () => {
      this.#tellReleased(reason);
    });
    this.#after(this.#byeMs, () => {
      if (this.#state !== 'dialled') return;
      this.#end({ by: 'local', outcome: 'cancelled', sipCode: 487, detail: '487 Request Terminated' });
    });
  }

  /** The order of the port. */
  release(reason: ReleaseReason): void {
    if (this.released !== undefined || this.#state !== 'answered') return;
    this.released = reason;
    this.#after(0, () => {
      this.#tellReleased(reason);
    });
    this.#after(this.#byeMs, () => {
      this.#end({ by: 'local', outcome: 'normal', sipCode: 200, detail: 'BYE answered' });
    });
  }

  #tellReleased(reason: ReleaseReason): void {
    if (this.#state !== 'ended') this.order.listener.released(reason === 'elsewhere' ? ELSEWHERE : '');
  }

  #end(end: Partial<LegEnd> & Pick<LegEnd, 'outcome'>): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.order.listener.ended({
      by: 'remote',
      sipCode: 0,
      detail: '',
      redirectTo: [],
      tryNextRoute: false,
      ...end,
    });
  }

  #after(ms: number, action: () => void): void {
    if (ms !== Infinity) this.#clock.setTimeout(ms, action);
  }
}
