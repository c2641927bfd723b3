import type {
  Address,
  CallerEnd,
  CallerListener,
  CallId,
  CustomerId,
  IncomingCall,
  ReleaseReason,
} from '@groupcall/engine';
import type { AppError, Logger } from '@groupcall/kernel';
import type { DialogEnd, InviteDialog, MessageContent, ServerInvite, SipRequest } from '@groupcall/sip';
import { contentOf, sdpOf } from './message-content.ts';
import { describeRequest, reasonHeaders } from './reason.ts';
import type { ReportQueue } from './report-queue.ts';

/** Who calls, proven. */
export interface AuthenticatedCaller {
  readonly customerId: CustomerId;
  readonly from: 'extension' | 'trunk';
  readonly source: Address;
}

export interface CallerCallOptions {
  readonly callId: CallId;
  readonly invite: ServerInvite;
  readonly caller: AuthenticatedCaller;
  readonly reports: ReportQueue;
  readonly logger: Logger;
  readonly onEnded: (call: CallerCall) => void;
}

/**
 * The caller's side:
 *
 *     waiting ──200──▶ answered ──BYE──▶ releasing ──▶ ended
 *        └──refusal, CANCEL──────────────────────────────┘
 */
type CallerState = 'waiting' | 'answered' | 'releasing' | 'ended';

/** What the caller is told when nobody was joined with it, by why (RFC 3261 §21). */
const REFUSALS: Readonly<Record<ReleaseReason, number>> = {
  elsewhere: 480,
  'caller-gone': 487,
  'ring-timeout': 480,
  'total-timeout': 480,
  'talk-timeout': 480,
  'hang-up': 480,
  normal: 480,
  failed: 500,
  shutdown: 503,
};

/** Seconds after which a caller may try again who was refused by 503. */
const RETRY_AFTER_S = '10';

/** An incoming call that was let in: an INVITE, and the call that comes of it. */
export class CallerCall implements IncomingCall {
  readonly callId: CallId;
  readonly sipCallId: string;
  readonly customerId: CustomerId;
  readonly source: Address;
  readonly dialled: string;
  readonly dialledDomain: string;
  readonly from: 'extension' | 'trunk';
  /** Hops that the INVITE may still take (Max-Forwards); undefined when it does not say. */
  readonly hops: number | undefined;
  readonly #invite: ServerInvite;
  readonly #reports: ReportQueue;
  readonly #logger: Logger;
  readonly #onEnded: (call: CallerCall) => void;
  /** Called with the caller's ACK of the 200. */
  onAck: (ack: SipRequest) => void = () => undefined;
  #state: CallerState = 'waiting';
  #dialog: InviteDialog | undefined;
  #byeReceived = '';
  #isGone = false;
  #listener: CallerListener | undefined;
  /** What happened before anybody listened. */
  #unheard: ((listener: CallerListener) => void)[] = [];

  constructor({ callId, invite, caller, reports, logger, onEnded }: CallerCallOptions) {
    this.callId = callId;
    this.sipCallId = invite.callId;
    this.customerId = caller.customerId;
    this.source = caller.source;
    this.from = caller.from;
    this.hops = invite.request.maxForwards;
    this.dialled = invite.request.uri.user ?? '';
    this.dialledDomain = invite.request.uri.host;
    this.#invite = invite;
    this.#reports = reports;
    this.#logger = logger;
    this.#onEnded = onEnded;
    this.#wire();
  }

  /** The caller's INVITE. */
  get request(): SipRequest {
    return this.#invite.request;
  }

  /** The caller's INVITE carried its session description. */
  get hasOffer(): boolean {
    return sdpOf(contentOf(this.request)) !== undefined;
  }

  attach(listener: CallerListener): void {
    this.#listener = listener;
    const unheard = this.#unheard;
    this.#unheard = [];
    for (const report of unheard) this.#report(report);
  }

  ring(): void {
    if (this.#state === 'waiting') this.#invite.ring();
  }

  /** 183 with a phone's early SDP. A caller that made no offer can't be given an answer before its turn: it gets 180. */
  progress(content: MessageContent | undefined): void {
    if (this.#state !== 'waiting') return;
    if (content === undefined || !this.hasOffer) this.#invite.ring();
    else this.#invite.ring({ status: 183, ...content });
  }

  /** 200. Undefined when the caller is gone or was refused. */
  answer(content: MessageContent): InviteDialog | undefined {
    if (this.#state !== 'waiting') return undefined;
    const dialog = this.#invite.answer(content);
    if (dialog === undefined) return undefined;
    this.#state = 'answered';
    this.#dialog = dialog;
    dialog.onBye = (request) => {
      this.#byeReceived = describeRequest('BYE', request);
    };
    dialog.onEnded = (why) => {
      this.#onDialogEnded(why);
    };
    return dialog;
  }

  /** Refuses a caller that was not answered. */
  reject(sipCode: number): void {
    if (this.#state !== 'waiting') return;
    const status = sipCode >= 300 && sipCode <= 699 ? sipCode : 480;
    this.#invite.reject(status, status === 503 ? { headers: [['Retry-After', RETRY_AFTER_S]] } : {});
    this.#end({ by: 'local', kind: 'rejected', detail: `refused with ${status}` });
  }

  /** Hangs up on a caller; refuses one that was not answered. */
  release(reason: ReleaseReason): void {
    switch (this.#state) {
      case 'waiting':
        this.reject(REFUSALS[reason]);
        break;
      case 'answered':
        this.#state = 'releasing';
        this.#dialog?.bye(reasonHeaders(reason));
        break;
      case 'releasing':
      case 'ended':
        break;
    }
  }

  #wire(): void {
    const invite = this.#invite;
    invite.onCancel = (request) => {
      this.#lose({ by: 'remote', kind: 'cancel', detail: describeRequest(request.method, request) });
    };
    invite.onAck = (ack) => {
      this.onAck(ack);
    };
    invite.onTransportError = (error) => {
      this.#onTransportError(error);
    };
  }

  #report(report: (listener: CallerListener) => void): void {
    const listener = this.#listener;
    if (listener === undefined) this.#unheard.push(report);
    else {
      this.#reports.push(() => {
        report(listener);
      });
    }
  }

  #tellGone(end: CallerEnd): void {
    if (this.#isGone || this.#state === 'releasing') return;
    this.#isGone = true;
    this.#report((listener) => {
      listener.gone(end);
    });
  }

  #end(end: CallerEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#onEnded(this);
    this.#report((listener) => {
      listener.ended(end);
    });
  }

  /** The caller is gone, and nothing is left of it. */
  #lose(end: CallerEnd): void {
    if (this.#state === 'ended') return;
    this.#tellGone(end);
    this.#end(end);
  }

  #onDialogEnded(why: DialogEnd): void {
    switch (why.kind) {
      case 'bye-received':
        this.#lose({ by: 'remote', kind: 'bye', detail: this.#byeReceived });
        break;
      case 'bye-sent':
        this.#end({ by: 'local', kind: 'bye', detail: 'BYE' });
        break;
      case 'no-ack':
        this.#lose({ by: 'remote', kind: 'no-ack', detail: 'no ACK' });
        break;
      case 'timeout':
        this.#lose({ by: 'remote', kind: 'failed', detail: 'no reply within the call' });
        break;
      case 'response-481-408':
        this.#lose({ by: 'remote', kind: 'failed', detail: 'the caller no longer knows the call' });
        break;
      case 'transport':
        this.#lose({ by: 'local', kind: 'failed', detail: 'the server was closed' });
        break;
    }
  }

  /** A 200 that can't be sent is sent again until 64*T1 are over; before it there is no use in ringing on. */
  #onTransportError(error: AppError): void {
    this.#logger.info({ err: error, callId: this.callId }, 'the caller can not be reached');
    if (this.#state !== 'waiting') return;
    this.#invite.reject(500);
    this.#lose({ by: 'remote', kind: 'failed', detail: error.message });
  }
}
