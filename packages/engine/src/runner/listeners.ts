import type { Input } from '../group-call/input.ts';
import type { CallerEnd, CallerListener, LegEnd, LegListener } from '../ports/signaling-port.ts';
import type { CallId } from '../records/ids.ts';

/** Takes the inputs of one root group call. */
export interface InputSink {
  push(input: Input): void;
}

/** Turns the reports of one attempt at a leg into inputs. */
export class LegReporter implements LegListener {
  readonly #sink: InputSink;
  readonly #callId: CallId;
  readonly #attempt: number;

  constructor(sink: InputSink, callId: CallId, attempt: number) {
    this.#sink = sink;
    this.#callId = callId;
    this.#attempt = attempt;
  }

  placed(sipCallId: string): void {
    this.#sink.push({ type: 'leg-placed', callId: this.#callId, attempt: this.#attempt, sipCallId });
  }

  ringing(sipCode: number, earlyMedia: boolean): void {
    this.#sink.push({ type: 'leg-ringing', callId: this.#callId, attempt: this.#attempt, sipCode, earlyMedia });
  }

  answered(): void {
    this.#sink.push({ type: 'leg-answered', callId: this.#callId, attempt: this.#attempt });
  }

  released(reasonSent: string): void {
    this.#sink.push({ type: 'leg-released', callId: this.#callId, attempt: this.#attempt, reasonSent });
  }

  ended(end: LegEnd): void {
    this.#sink.push({ type: 'leg-ended', callId: this.#callId, attempt: this.#attempt, end });
  }
}

/** As {@link LegReporter}, for a leg that takes up a place in a trunk until it has ended. */
export class TrunkLegReporter extends LegReporter {
  readonly #onFree: () => void;

  constructor(sink: InputSink, callId: CallId, attempt: number, onFree: () => void) {
    super(sink, callId, attempt);
    this.#onFree = onFree;
  }

  override ended(end: LegEnd): void {
    this.#onFree();
    super.ended(end);
  }
}

/** Turns the reports of the master call into inputs. */
export class CallerReporter implements CallerListener {
  readonly #sink: InputSink;

  constructor(sink: InputSink) {
    this.#sink = sink;
  }

  gone(end: CallerEnd): void {
    this.#sink.push({ type: 'caller-gone', end });
  }

  ended(end: CallerEnd): void {
    this.#sink.push({ type: 'caller-ended', end });
  }
}
