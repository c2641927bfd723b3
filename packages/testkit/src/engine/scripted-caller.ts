import type { CallerEnd, CallerListener, CallId, IncomingCall, ReleaseReason } from '@groupcall/engine';
import type { Clock } from '@groupcall/kernel';

/** The far side of an incoming call: what it was told, and what it does. */
export class ScriptedCaller {
  readonly call: IncomingCall;
  /** 180 and 183, in order; `183 <leg>` names the leg whose early media it heard. */
  readonly progress: string[] = [];
  /** The refusal it got. */
  rejected: number | undefined;
  /** The leg it was joined with. */
  connectedTo: CallId | undefined;
  released: ReleaseReason | undefined;

  readonly #clock: Clock;
  #listener: CallerListener | undefined;
  #untold: ((listener: CallerListener) => void)[] = [];
  #over = false;

  constructor(clock: Clock, call: Omit<IncomingCall, 'attach'>) {
    this.#clock = clock;
    this.call = {
      ...call,
      attach: (listener) => {
        clock.setTimeout(0, () => {
          this.#attach(listener);
        });
      },
    };
  }

  /** CANCEL: gives up before an answer. */
  cancel(): void {
    this.#leave({ by: 'remote', kind: 'cancel', detail: 'the caller cancelled' });
  }

  /** BYE: hangs up after the answer. */
  hangUp(): void {
    this.#leave({ by: 'remote', kind: 'bye', detail: 'the caller hung up' });
  }

  /** The order of the port. */
  reject(sipCode: number): void {
    if (this.#over || this.rejected !== undefined) return;
    this.rejected = sipCode;
    this.#end({ by: 'local', kind: 'rejected', detail: `refused with ${sipCode}` });
  }

  /** The order of the port. */
  release(reason: ReleaseReason): void {
    if (this.#over || this.released !== undefined) return;
    this.released = reason;
    this.#end({ by: 'local', kind: 'bye', detail: 'BYE answered' });
  }

  #leave(end: CallerEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#tell((listener) => {
      listener.gone(end);
      listener.ended(end);
    });
  }

  #end(end: CallerEnd): void {
    this.#clock.setTimeout(1, () => {
      if (this.#over) return;
      this.#over = true;
      this.#tell((listener) => {
        listener.ended(end);
      });
    });
  }

  #attach(listener: CallerListener): void {
    this.#listener = listener;
    for (const tell of this.#untold.splice(0)) tell(listener);
  }

  #tell(tell: (listener: CallerListener) => void): void {
    if (this.#listener === undefined) this.#untold.push(tell);
    else tell(this.#listener);
  }
}
