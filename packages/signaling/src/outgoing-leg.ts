import type { LegEnd, PlaceLeg, ReleaseReason } from '@groupcall/engine';
import { AppError, type Logger, toError } from '@groupcall/kernel';
import type {
  ClientAnswer,
  ClientInvite,
  ClientInviteEnd,
  ClientInviteHandlers,
  DialogEnd,
  HeaderLine,
  MessageContent,
  SipRequest,
  SipResponse,
  UserAgent,
} from '@groupcall/sip';
import { customHeaders } from './custom-headers.ts';
import { callerIdentity } from './from-header.ts';
import type { LegAudio } from './leg-audio.ts';
import type { TrunkLookup } from './lookups.ts';
import { contentOf, sdpOf } from './message-content.ts';
import { type CancelProgress, cancelledUnplaced, endOfAttempt, endOfDialog, neverPlaced } from './outcome.ts';
import { describeRequest, reasonHeaders, reasonValue } from './reason.ts';
import type { ReportQueue } from './report-queue.ts';
import { type Locations, RouteError, type RouteTarget, routeTarget } from './route-target.ts';

export interface OutgoingLegOptions {
  readonly order: PlaceLeg;
  readonly audio: LegAudio;
  readonly userAgent: UserAgent;
  readonly locations: Locations;
  readonly trunks: TrunkLookup;
  readonly reports: ReportQueue;
  readonly logger: Logger;
  /** Default 70. */
  readonly maxForwards?: number;
  readonly onEnded: (leg: OutgoingLeg) => void;
}

/**
 * What became of an attempt:
 *
 *     preparing ──INVITE──▶ inviting ──2xx──▶ answered ──connect──▶ connected
 *         │                    │                  └────release────────┤
 *         │                    │                                      ▼
 *         └──cancel, no way────┴──final refusal, no reply──▶ ended ◀─ ending
 *
 * `answered` owes the ACK: it waits for the engine to say whether this leg has won. `ending` has its BYE under way.
 */
type LegState = 'preparing' | 'inviting' | 'answered' | 'connected' | 'ending' | 'ended';

/** SDP that came before the answer, of the latest branch of a fork. */
interface EarlyContent {
  readonly tag: string | undefined;
  readonly content: MessageContent;
}

/** One attempt to reach one phone: an INVITE on its way, and the call that comes of it. */
export class OutgoingLeg implements ClientInviteHandlers {
  readonly #order: PlaceLeg;
  readonly #audio: LegAudio;
  readonly #userAgent: UserAgent;
  readonly #locations: Locations;
  readonly #trunks: TrunkLookup;
  readonly #reports: ReportQueue;
  readonly #logger: Logger;
  readonly #maxForwards: number | undefined;
  readonly #onEnded: (leg: OutgoingLeg) => void;
  #state: LegState = 'preparing';
  #invite: ClientInvite | undefined;
  #cancel: CancelProgress = 'none';
  #cancelHeaders: readonly HeaderLine[] = [];
  #early: EarlyContent | undefined;
  #answer: ClientAnswer | undefined;
  #answerContent: MessageContent = {};
  /** Why this side ends an answered call, when nobody ordered it. */
  #failure: string | undefined;
  #byeReceived = '';

  constructor(options: OutgoingLegOptions) {
    this.#order = options.order;
    this.#audio = options.audio;
    this.#userAgent = options.userAgent;
    this.#locations = options.locations;
    this.#trunks = options.trunks;
    this.#reports = options.reports;
    this.#logger = options.logger;
    this.#maxForwards = options.maxForwards;
    this.#onEnded = options.onEnded;
  }

  /** The phone's latest SDP before its answer; undefined while there is none. */
  get earlyContent(): MessageContent | undefined {
    return this.#early?.content;
  }

  /** Sends the INVITE, as soon as the way and the offer are known. Never rejects. */
  async start(): Promise<void> {
    const { route, customerId, headers } = this.#order;
    try {
      const custom = customHeaders(headers);
      if ('problem' in custom) throw new AppError('SIGNALING_HEADER', custom.problem);
      const target = await routeTarget(route, customerId, this.#locations, this.#trunks);
      const offer = await this.#audio.offer();
      if (this.#isPreparing()) this.#send(target, custom.lines, offer);
    } catch (error) {
      if (!(error instanceof AppError)) this.#logger.error({ err: toError(error) }, 'a leg could not be placed');
      this.#end(neverPlaced(toError(error).message, error instanceof RouteError));
    }
  }

  /** Gives up before an answer. */
  cancel(reason: ReleaseReason): void {
    switch (this.#state) {
      case 'preparing':
        this.#end(cancelledUnplaced());
        break;
      case 'inviting':
        if (this.#cancel !== 'none') return;
        this.#cancel = 'held';
        this.#cancelHeaders = reasonHeaders(reason);
        this.#invite?.cancel(this.#cancelHeaders);
        break;
      case 'answered':
      case 'connected':
      case 'ending':
      case 'ended':
        // The answer is being reported; what becomes of it is for the engine to say.
        break;
    }
  }

  /** Ends the call after an answer: the ACK that may still be owed, then BYE. */
  release(reason: ReleaseReason): void {
    switch (this.#state) {
      case 'preparing':
      case 'inviting':
        this.cancel(reason);
        break;
      case 'answered':
        // Nobody has won here: a further answer from behind the same INVITE is told what this one is (rule 7).
        this.#invite?.endExtraAnswersWith(reasonHeaders(reason));
        this.#hangUp(reason);
        break;
      case 'connected':
        this.#hangUp(reason);
        break;
      case 'ending':
      case 'ended':
        break;
    }
  }

  /** This leg has won. */
  connect(): void {
    if (this.#state !== 'answered' || this.#answer === undefined) return;
    this.#state = 'connected';
    this.#invite?.endExtraAnswersWith(reasonHeaders('elsewhere'));
    this.#audio.connect(this.#answer, this.#answerContent);
  }

  onProvisional(response: SipResponse): void {
    if (response.status < 180 || response.status > 189 || this.#state !== 'inviting') return;
    const content = contentOf(response);
    const hasMedia = sdpOf(content) !== undefined;
    if (hasMedia) this.#early = { tag: response.to.tag, content };
    this.#reports.push(() => {
      this.#order.listener.ringing(response.status, hasMedia);
    });
  }

  onAnswer(answer: ClientAnswer): void {
    this.#answer = answer;
    this.#state = 'answered';
    answer.dialog.onBye = (request) => {
      this.#byeReceived = describeRequest('BYE', request);
    };
    answer.dialog.onByeSent = (request) => {
      this.#onByeSent(request);
    };
    answer.dialog.onEnded = (why) => {
      this.#onDialogEnded(why);
    };
    const { response } = answer;
    const content = contentOf(response);
    // An answer that came in a 18x is sometimes not repeated in the 2xx of the same branch.
    const isRepeated = sdpOf(content) !== undefined || this.#early?.tag !== response.to.tag;
    this.#answerContent = isRepeated ? content : (this.#early?.content ?? content);
    if (this.#cancel === 'none' && !this.#canTalk()) return;
    this.#reports.push(() => {
      this.#order.listener.answered();
    });
  }

  onEnd(end: ClientInviteEnd): void {
    this.#end(endOfAttempt(end, this.#cancel));
  }

  onCancelSent(): void {
    this.#cancel = 'sent';
    const reasonSent = reasonValue(this.#cancelHeaders);
    this.#reports.push(() => {
      this.#order.listener.released(reasonSent);
    });
  }

  #isPreparing(): boolean {
    return this.#state === 'preparing';
  }

  #send(route: RouteTarget, custom: readonly HeaderLine[], offer: MessageContent): void {
    const { source, callerId, anonymous, domain, listener } = this.#order;
    const { uri, to, target, routes, credentials, trunkHost } = route;
    const identity = callerIdentity({ source, callerId, anonymous, domain, trunkHost });
    this.#state = 'inviting';
    const { callId } = (this.#invite = this.#userAgent.invite(
      {
        target,
        uri,
        from: identity.from,
        to,
        routes,
        headers: [...identity.headers, ...custom, ...(offer.headers ?? [])],
        ...(offer.body === undefined ? {} : { body: offer.body }),
        ...(offer.contentType === undefined ? {} : { contentType: offer.contentType }),
        ...(credentials === undefined ? {} : { credentials }),
        ...(this.#maxForwards === undefined ? {} : { maxForwards: this.#maxForwards }),
      },
      this,
    ));
    this.#reports.push(() => {
      listener.placed(callId);
    });
  }

  /** Nothing in common: the phone is hung up at once, and never counts as an answer. */
  #canTalk(): boolean {
    try {
      this.#audio.check(this.#answerContent);
      return true;
    } catch (error) {
      this.#failure = toError(error).message;
      this.release('failed');
      return false;
    }
  }

  #hangUp(reason: ReleaseReason): void {
    this.#state = 'ending';
    this.#answer?.dialog.bye(reasonHeaders(reason));
  }

  #end(end: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#audio.close();
    this.#onEnded(this);
    this.#reports.push(() => {
      this.#order.listener.ended(end);
    });
  }

  #onByeSent(request: SipRequest): void {
    const reasonSent = request.headerValues('Reason').join(', ');
    this.#reports.push(() => {
      this.#order.listener.released(reasonSent);
    });
  }

  #onDialogEnded(why: DialogEnd): void {
    this.#end(
      endOfDialog(why, {
        isReleased: this.#state === 'ending',
        byeReceived: this.#byeReceived,
        failure: this.#failure,
      }),
    );
  }
}
