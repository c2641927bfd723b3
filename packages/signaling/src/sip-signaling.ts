import type { CallId, IncomingCall, MediaPort, PlaceLeg, ReleaseReason, SignalingPort } from '@groupcall/engine';
import { type Clock, type IdSource, type Logger, toError } from '@groupcall/kernel';
import type { DigestServer, Registrar, ServerInvite, UserAgent } from '@groupcall/sip';
import { AccountGate, type GateCounters } from './account-gate.ts';
import { CallerAudio } from './bridge.ts';
import { CallerAuthentication } from './caller-authentication.ts';
import { CallerCall } from './incoming-call.ts';
import type { AccountLookup, TrunkLookup } from './lookups.ts';
import { OutgoingLeg, type OutgoingLegOptions } from './outgoing-leg.ts';
import { neverPlaced } from './outcome.ts';
import { OwnAudioCall } from './own-audio-call.ts';
import { RegistrarService, type RegistrationChange } from './registrar-service.ts';
import { ReportQueue } from './report-queue.ts';
import { ServedDomains } from './served-domains.ts';
import type { SourceMuteLimits } from './source-mute.ts';

export interface SipSignalingOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly userAgent: UserAgent;
  readonly registrar: Registrar;
  readonly digest: DigestServer;
  readonly media: MediaPort;
  readonly accounts: AccountLookup;
  readonly trunks: TrunkLookup;
  /** Host names of this server itself that are no customer's domain; its IP addresses and `localhost` need not be listed. */
  readonly ownNames?: readonly string[];
  readonly muteLimits?: Partial<SourceMuteLimits>;
}

/** Phones over SIP. It reports what happens and does what it is told; who wins is decided elsewhere. */
export class SipSignaling implements SignalingPort {
  readonly #ids: IdSource;
  readonly #logger: Logger;
  readonly #userAgent: UserAgent;
  readonly #registrar: Registrar;
  readonly #media: MediaPort;
  readonly #trunks: TrunkLookup;
  readonly #reports: ReportQueue;
  readonly #gate: AccountGate;
  readonly #authentication: CallerAuthentication;
  /** Told of each call that was let in. */
  onIncoming: (call: IncomingCall) => void = (call) => {
    this.callerReject(call.callId, 503);
  };
  /** Told of each phone that comes, goes or stays. */
  onRegistration: (change: RegistrationChange) => void = () => undefined;
  readonly #legs = new Map<CallId, OutgoingLeg>();
  readonly #callers = new Map<CallId, CallerCall>();

  constructor(options: SipSignalingOptions) {
    const { clock, ids, logger, userAgent, registrar, digest, accounts, trunks, ownNames = [], muteLimits } = options;
    this.#ids = ids;
    this.#logger = logger;
    this.#userAgent = userAgent;
    this.#registrar = registrar;
    this.#media = options.media;
    this.#trunks = trunks;
    this.#reports = new ReportQueue(logger);
    const domains = new ServedDomains(accounts, ownNames);
    const limits = muteLimits === undefined ? {} : { limits: muteLimits };
    this.#gate = new AccountGate({ clock, logger, digest, accounts, domains, ...limits });
    this.#authentication = new CallerAuthentication({ gate: this.#gate, trunks });
    const registrations = new RegistrarService({ ids, logger, gate: this.#gate, registrar });
    registrations.onChange = (change) => {
      this.onRegistration(change);
    };
    userAgent.handle('REGISTER', (transaction, request) => void registrations.register(transaction, request));
    userAgent.onInvite = (invite) => void this.#onInvite(invite);
  }

  /** Legs and callers that are alive now. */
  get live(): { readonly legs: number; readonly callers: number } {
    return { legs: this.#legs.size, callers: this.#callers.size };
  }

  get counters(): GateCounters {
    return this.#gate.counters;
  }

  place(order: PlaceLeg): void {
    const caller = order.caller === undefined ? undefined : this.#callers.get(order.caller);
    if (order.caller !== undefined && caller === undefined) {
      this.#reports.push(() => {
        order.listener.ended(neverPlaced('the caller is gone', false));
      });
      return;
    }
    const logger = this.#logger.child({ callId: order.callId });
    const leg = new OutgoingLeg({
      ...this.#legOptions(caller),
      order,
      logger,
      audio:
        caller === undefined
          ? new OwnAudioCall({ callId: order.callId, media: this.#media, logger })
          : new CallerAudio(caller, logger),
      onEnded: (ended) => {
        if (this.#legs.get(order.callId) === ended) this.#legs.delete(order.callId);
      },
    });
    this.#legs.set(order.callId, leg);
    void leg.start();
  }

  cancel(callId: CallId, reason: ReleaseReason): void {
    this.#legs.get(callId)?.cancel(reason);
  }

  release(callId: CallId, reason: ReleaseReason): void {
    this.#legs.get(callId)?.release(reason);
  }

  /** A leg was placed for one caller, or for none; it is joined with the same one. */
  connect(callId: CallId): void {
    this.#legs.get(callId)?.connect();
  }

  callerRinging(caller: CallId): void {
    this.#callers.get(caller)?.ring();
  }

  callerProgress(caller: CallId, from: CallId): void {
    this.#callers.get(caller)?.progress(this.#legs.get(from)?.earlyContent);
  }

  callerReject(caller: CallId, sipCode: number): void {
    this.#callers.get(caller)?.reject(sipCode);
  }

  callerRelease(caller: CallId, reason: ReleaseReason): void {
    this.#callers.get(caller)?.release(reason);
  }

  #legOptions(caller: CallerCall | undefined): Omit<OutgoingLegOptions, 'order' | 'audio' | 'logger' | 'onEnded'> {
    const hops = caller?.hops;
    return {
      userAgent: this.#userAgent,
      locations: this.#registrar,
      trunks: this.#trunks,
      reports: this.#reports,
      // RFC 3261 §16.6 step 3: a call that goes round in circles through this server comes to an end.
      ...(hops === undefined ? {} : { maxForwards: hops - 1 }),
    };
  }

  /** Never rejects. */
  async #onInvite(invite: ServerInvite): Promise<void> {
    try {
      const caller = await this.#authentication.authenticate(invite);
      if (caller === undefined || invite.ended) return;
      const call = new CallerCall({
        callId: this.#ids.uuid() as CallId,
        invite,
        caller,
        reports: this.#reports,
        logger: this.#logger,
        onEnded: (ended) => this.#callers.delete(ended.callId),
      });
      this.#callers.set(call.callId, call);
      this.onIncoming(call);
    } catch (error) {
      this.#logger.error({ err: toError(error) }, 'an INVITE could not be handled');
      invite.reject(500);
    }
  }
}
