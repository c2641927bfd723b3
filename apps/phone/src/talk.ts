import { type TimerHandle, toError } from '@groupcall/kernel';
import type { IncomingReinvite, InviteDialog, SipRequest } from '@groupcall/sip';
import type { CallContext, CallEnd } from './call.ts';
import type { CallMedia } from './call-media.ts';
import { isAnsweredElsewhere } from './call-reason.ts';
import type { CallDirection } from './phone-event.ts';
import { SdpError } from './sdp.ts';

export const SDP_TYPE = 'application/sdp';
const RTP_REPORT_MS = 1000;

export interface TalkOptions {
  readonly context: CallContext;
  readonly dialog: InviteDialog;
  readonly media: CallMedia;
  readonly callId: string;
  readonly direction: CallDirection;
  /** Called once, when the dialog is over and the port is given back. */
  readonly onEnded: (end: CallEnd) => void;
}

/** An answered call: a dialog with its audio, from the 2xx to the BYE. */
export class Talk {
  readonly #context: CallContext;
  readonly #dialog: InviteDialog;
  readonly #media: CallMedia;
  readonly #callId: string;
  readonly #direction: CallDirection;
  readonly #onEnded: (end: CallEnd) => void;
  #talking = false;
  #hangingUp = false;
  #ended = false;
  #reportTimer: TimerHandle | undefined;
  #hangUpTimer: TimerHandle | undefined;

  constructor({ context, dialog, media, callId, direction, onEnded }: TalkOptions) {
    this.#context = context;
    this.#dialog = dialog;
    this.#media = media;
    this.#callId = callId;
    this.#direction = direction;
    this.#onEnded = onEnded;
    dialog.onBye = (request) => {
      this.#onBye(request);
    };
    dialog.onByeDone = () => {
      this.end({ by: 'local', reason: 'hung up', status: 200, reasonHeaders: [] });
    };
    dialog.onReinvite = (reinvite) => {
      this.#onReinvite(reinvite);
    };
    dialog.onEnded = ({ kind }) => {
      // The two kinds that have no other handler; a BYE from either side has told its own story.
      if (kind !== 'bye-received' && kind !== 'bye-sent') {
        this.end({ by: 'remote', reason: 'failed', status: 200, reasonHeaders: [] });
      }
    };
  }

  /** The ACK is through. `answer` is the SDP it carried, if it did. */
  begin(answer?: string): void {
    if (this.#talking || this.#ended) return;
    this.#talking = true;
    try {
      if (answer !== undefined) this.#media.accept(answer);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#context.report({ event: 'talking', callId: this.#callId, direction: this.#direction });
    this.#media.start();
    this.#reportLater();
    const { hangUpAfterMs, clock } = this.#context;
    if (hangUpAfterMs === undefined) return;
    this.#hangUpTimer = clock.setTimeout(hangUpAfterMs, () => {
      this.hangUp();
    });
  }

  /** BYE. The end is reported once it went through. */
  hangUp(): boolean {
    if (this.#ended || this.#hangingUp) return false;
    this.#hangingUp = true;
    this.#dialog.bye();
    return true;
  }

  /** Re-INVITE with the new direction (RFC 3264 §8.4). When it is refused nothing changes. */
  hold(holding: boolean): boolean {
    if (!this.#talking || this.#ended || this.#media.holding === holding) return false;
    this.#renegotiate(holding).catch((error: unknown) => {
      this.#fail(error);
    });
    return true;
  }

  /** Ends it without another message. */
  end(end: CallEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { clock, report, logger } = this.#context;
    clock.clearTimeout(this.#reportTimer);
    clock.clearTimeout(this.#hangUpTimer);
    this.#media.close().catch((error: unknown) => {
      logger.warn({ err: toError(error) }, 'the audio port could not be closed');
    });
    report({ event: 'rtp', callId: this.#callId, ...this.#media.counts });
    this.#onEnded(end);
  }

  async #renegotiate(holding: boolean): Promise<void> {
    const wasHolding = this.#media.holding;
    this.#media.setHolding(holding);
    const result = await this.#dialog.reinvite({ body: this.#media.offer(), contentType: SDP_TYPE });
    if (this.#ended) return;
    const { response } = result;
    if (response.status >= 300) {
      this.#media.setHolding(wasHolding);
      this.#context.report({
        event: 'error',
        code: 'PHONE_REINVITE',
        message: `the other side refused the change with ${response.status} ${response.reason}`,
      });
      return;
    }
    result.acknowledge();
    this.#media.accept(response.body.toString());
    this.#reportMedia('local');
  }

  #onReinvite(reinvite: IncomingReinvite): void {
    try {
      const offer = reinvite.request.body.toString();
      const body = offer === '' ? this.#media.offer() : this.#media.answer(offer);
      reinvite.respond(200, { body, contentType: SDP_TYPE });
      this.#reportMedia('remote');
    } catch (error) {
      reinvite.respond(error instanceof SdpError ? 488 : 500);
    }
  }

  #onBye(request: SipRequest): void {
    const reasonHeaders = request.headerList('Reason');
    // Answered a moment too late: the 2xx was acknowledged and the call taken down again.
    const reason = isAnsweredElsewhere(reasonHeaders) ? 'answered elsewhere' : 'hung up';
    this.end({ by: 'remote', reason, status: 200, reasonHeaders });
  }

  #reportMedia(by: 'local' | 'remote'): void {
    this.#context.report({ event: 'media', callId: this.#callId, by, direction: this.#media.direction });
  }

  #reportLater(): void {
    this.#reportTimer = this.#context.clock.setTimeout(RTP_REPORT_MS, () => {
      this.#context.report({ event: 'rtp', callId: this.#callId, ...this.#media.counts });
      this.#reportLater();
    });
  }

  #fail(error: unknown): void {
    const { message } = toError(error);
    this.#context.report({ event: 'error', code: 'PHONE_MEDIA', message });
    this.hangUp();
  }
}
