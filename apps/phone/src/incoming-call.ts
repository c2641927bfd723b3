import { toError } from '@groupcall/kernel';
import type { ServerInvite } from '@groupcall/sip';
import type { Call, CallContext, CallEnd } from './call.ts';
import { CallMedia, closeUnused } from './call-media.ts';
import { isAnsweredElsewhere } from './call-reason.ts';
import { parseSdp } from './sdp.ts';
import { SDP_TYPE, Talk } from './talk.ts';

const NOT_ACCEPTABLE_HERE = 488;
const SERVER_ERROR = 500;

/** A call that came in: it rings until it is answered, refused or cancelled. */
export class IncomingCall implements Call {
  readonly direction = 'in';
  readonly #context: CallContext;
  readonly #invite: ServerInvite;
  readonly #media: Promise<CallMedia>;
  #state: 'new' | 'ringing' | 'answering' | 'answered' | 'ended' = 'new';
  #talk: Talk | undefined;

  constructor(context: CallContext, invite: ServerInvite) {
    this.#context = context;
    this.#invite = invite;
    this.#media = CallMedia.open(context);
    this.#media.catch((error: unknown) => {
      this.#refuse(SERVER_ERROR, error);
    });
    invite.onCancel = (cancel) => {
      this.#onCancel(cancel.headerList('Reason'));
    };
    invite.onAck = (ack) => {
      // An INVITE without an offer has its answer in the ACK (RFC 3261 §13.2.2.4).
      this.#talk?.begin(invite.request.body.length === 0 ? ack.body.toString() : undefined);
    };
    invite.onNoAck = () => {
      this.#talk?.end({ by: 'remote', reason: 'failed', status: 200, reasonHeaders: [] });
    };
    invite.onTransportError = () => {
      this.#end({ by: 'remote', reason: 'failed', status: 0, reasonHeaders: [] });
    };
  }

  get callId(): string {
    return this.#invite.callId;
  }

  /** Sends 180, or refuses with 488 a call that offers no audio for this phone. */
  ring(): void {
    const { request } = this.#invite;
    if (this.#state !== 'new') return;
    try {
      if (request.body.length > 0) parseSdp(request.body.toString());
    } catch (error) {
      this.#refuse(NOT_ACCEPTABLE_HERE, error);
      return;
    }
    this.#state = 'ringing';
    this.#invite.ring();
    this.#context.report({
      event: 'ringing',
      callId: this.callId,
      direction: 'in',
      from: request.from.uri.toString(),
      to: request.to.uri.toString(),
      status: 180,
    });
  }

  answer(): boolean {
    if (this.#state !== 'ringing') return false;
    this.#state = 'answering';
    this.#pickUp().catch((error: unknown) => {
      this.#refuse(SERVER_ERROR, error);
    });
    return true;
  }

  decline(status: number): boolean {
    if (this.#state === 'answered' || this.#state === 'ended') return false;
    this.#invite.reject(status);
    this.#end({ by: 'local', reason: 'declined', status, reasonHeaders: [] });
    return true;
  }

  cancel(): boolean {
    return false;
  }

  hangUp(): boolean {
    return this.#talk?.hangUp() ?? this.decline(486);
  }

  hold(holding: boolean): boolean {
    return this.#talk?.hold(holding) ?? false;
  }

  async #pickUp(): Promise<void> {
    const { request } = this.#invite;
    const media = await this.#media;
    if (this.#state !== 'answering') return;
    const body = request.body.length > 0 ? media.answer(request.body.toString()) : media.offer();
    const dialog = this.#invite.answer({ body, contentType: SDP_TYPE });
    // Undefined when the CANCEL was quicker; its handler has ended the call.
    if (dialog === undefined) return;
    this.#state = 'answered';
    this.#talk = new Talk({
      context: this.#context,
      dialog,
      media,
      callId: this.callId,
      direction: 'in',
      onEnded: (end) => {
        this.#end(end);
      },
    });
    this.#context.report({ event: 'answered', callId: this.callId, direction: 'in' });
  }

  #onCancel(reason: readonly string[]): void {
    const answeredElsewhere = isAnsweredElsewhere(reason);
    this.#context.report({ event: 'cancelled', callId: this.callId, reason, answeredElsewhere });
    this.#end({
      by: 'remote',
      reason: answeredElsewhere ? 'answered elsewhere' : 'missed',
      status: 487,
      reasonHeaders: reason,
    });
  }

  #refuse(status: number, error: unknown): void {
    if (this.#state === 'ended' || this.#state === 'answered') return;
    this.#context.report({ event: 'error', code: 'PHONE_MEDIA', message: toError(error).message });
    this.#invite.reject(status);
    this.#end({ by: 'local', reason: 'failed', status, reasonHeaders: [] });
  }

  #end(end: CallEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    if (this.#talk === undefined) closeUnused(this.#media, this.#context.logger);
    else this.#talk.end(end);
    this.#context.onEnded(this, end);
  }
}
