import { toError } from '@groupcall/kernel';
import type {
  ClientAnswer,
  ClientInvite,
  ClientInviteEnd,
  ClientInviteHandlers,
  NameAddr,
  SipResponse,
} from '@groupcall/sip';
import type { Call, CallContext, CallEnd } from './call.ts';
import { CallMedia, closeUnused } from './call-media.ts';
import { SDP_TYPE, Talk } from './talk.ts';

/** Sends the INVITE with that offer. */
export type PlaceInvite = (
  offer: { readonly body: string; readonly contentType: string },
  handlers: ClientInviteHandlers,
) => ClientInvite;

/** A call of this phone's own. */
export class OutgoingCall implements Call {
  readonly direction = 'out';
  readonly #context: CallContext;
  readonly #from: NameAddr;
  readonly #to: NameAddr;
  readonly #place: PlaceInvite;
  readonly #media: Promise<CallMedia>;
  /** `opening`: the audio port is not bound yet, so no INVITE has left. */
  #state: 'opening' | 'calling' | 'answered' | 'ended' = 'opening';
  #invite: ClientInvite | undefined;
  #cancelled = false;
  #talk: Talk | undefined;

  constructor(context: CallContext, from: NameAddr, to: NameAddr, place: PlaceInvite) {
    this.#context = context;
    this.#from = from;
    this.#to = to;
    this.#place = place;
    this.#media = CallMedia.open(context);
    this.#media.then(
      (media) => {
        this.#send(media);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  /** Empty until the INVITE has left. */
  get callId(): string {
    return this.#invite?.callId ?? '';
  }

  answer(): boolean {
    return false;
  }

  decline(): boolean {
    return false;
  }

  /** Before an answer; the end is reported once the other side has confirmed it. */
  cancel(): boolean {
    if (this.#cancelled || this.#state === 'answered' || this.#state === 'ended') return false;
    this.#cancelled = true;
    if (this.#invite === undefined) this.#end({ by: 'local', reason: 'cancelled', status: 0, reasonHeaders: [] });
    else this.#invite.cancel();
    return true;
  }

  hangUp(): boolean {
    return this.#talk?.hangUp() ?? this.cancel();
  }

  hold(holding: boolean): boolean {
    return this.#talk?.hold(holding) ?? false;
  }

  #send(media: CallMedia): void {
    if (this.#state !== 'opening') return;
    this.#state = 'calling';
    this.#invite = this.#place(
      { body: media.offer(), contentType: SDP_TYPE },
      {
        onProvisional: (response) => {
          this.#onProvisional(response);
        },
        onAnswer: (answer) => {
          this.#onAnswer(answer, media);
        },
        onEnd: (end) => {
          this.#onInviteEnd(end);
        },
      },
    );
    this.#context.report({ event: 'calling', callId: this.callId, to: this.#to.uri.toString() });
  }

  #onProvisional({ status }: SipResponse): void {
    this.#context.report({
      event: 'ringing',
      callId: this.callId,
      direction: 'out',
      from: this.#from.uri.toString(),
      to: this.#to.uri.toString(),
      status,
    });
  }

  #onAnswer(answer: ClientAnswer, media: CallMedia): void {
    this.#state = 'answered';
    this.#talk = new Talk({
      context: this.#context,
      dialog: answer.dialog,
      media,
      callId: this.callId,
      direction: 'out',
      onEnded: (end) => {
        this.#end(end);
      },
    });
    this.#context.report({ event: 'answered', callId: this.callId, direction: 'out' });
    answer.acknowledge();
    // The 200 crossed our CANCEL: the call came to be, and has to be taken down as one (RFC 3261 §9.1).
    if (this.#cancelled) this.#talk.hangUp();
    else this.#talk.begin(answer.response.body.toString());
  }

  #onInviteEnd(end: ClientInviteEnd): void {
    const status = end.kind === 'response' ? end.response.status : 0;
    const reasonHeaders = end.kind === 'response' ? end.response.headerList('Reason') : [];
    if (this.#cancelled) this.#end({ by: 'local', reason: 'cancelled', status, reasonHeaders });
    else this.#end({ by: 'remote', reason: status === 0 ? 'failed' : 'refused', status, reasonHeaders });
  }

  #fail(error: unknown): void {
    this.#context.report({ event: 'error', code: 'PHONE_MEDIA', message: toError(error).message });
    this.#end({ by: 'local', reason: 'failed', status: 0, reasonHeaders: [] });
  }

  #end(end: CallEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    if (this.#talk === undefined) closeUnused(this.#media, this.#context.logger);
    else this.#talk.end(end);
    this.#context.onEnded(this, end);
  }
}
