import type { Clock, IdSource, TimerHandle } from '@groupcall/kernel';
import { NameAddr } from '../message/name-addr.ts';
import { Params } from '../message/params.ts';
import type { HeaderLine, SipResponse } from '../message/sip-message.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { Target } from '../transport/flow.ts';
import type { DigestSecret } from './digest.ts';
import type { UserAgent } from './user-agent.ts';

export interface RegistrationOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Sends the REGISTERs. Its handlers are not touched. */
  readonly userAgent: Pick<UserAgent, 'request'>;
  /** The address of record: From and To. */
  readonly aor: NameAddr;
  /** The Request-URI: the domain, `sip:example.com` (RFC 3261 §10.2). */
  readonly registrar: SipUri;
  /** Where it is sent; absent: to where `registrar` resolves. */
  readonly target?: Target;
  /** Where this side is reached. */
  readonly contact: SipUri;
  /** Parameters of the Contact, such as `+sip.instance`. */
  readonly contactParams?: Params;
  /** Answers a challenge. */
  readonly credentials?: DigestSecret;
  /** Lifetime that is asked for, in seconds. Default 3600. */
  readonly expiresS?: number;
  /** The first wait after a failure that may pass, in ms; it doubles with each. Default 30 s (RFC 5626 §4.5). */
  readonly retryBaseMs?: number;
  /** The longest such wait, in ms. Default 30 minutes. */
  readonly retryMaxMs?: number;
}

/**
 * Where a registration stands:
 *
 *     idle ──register()──▶ registering ──200──▶ registered ──refresh, answered 200──▶ registered
 *                             ▲   └──else──▶ failed ◀──refresh failed──┘
 *                             └──retry, register()──┘
 *     any ──unregister()──▶ idle
 */
export type RegistrationState = 'idle' | 'registering' | 'registered' | 'failed';

/** How one REGISTER, with its retries for credentials and for a longer lifetime, ended. */
export interface RegistrationResult {
  readonly ok: boolean;
  /** The final status; 408 or 503 when none came. */
  readonly status: number;
  readonly reason: string;
  /** For how many seconds this side is registered now; 0 when it is not. */
  readonly expiresS: number;
  /** When it is tried again by itself, in ms from now: the next refresh, or a retry. Absent: never. */
  readonly againInMs?: number;
}

const DEFAULT_EXPIRES_S = 3600;
const DEFAULT_RETRY_BASE_MS = 30_000;
const DEFAULT_RETRY_MAX_MS = 1_800_000;
const CALL_ID_LENGTH = 24;
const DELTA_SECONDS = /^\s*(\d{1,10})/;
/** A refresh that has to wait for Timer F, and then for a second try, still comes in time. */
const REFRESH_MARGIN_S = 40;
const REFRESH_MARGIN_PART = 0.1;
const RANDOM_DIGITS = 8;

/**
 * Keeps one contact registered (RFC 3261 §10.2): registers, refreshes in time, tries again after failures that may pass
 * (408, 5xx, nothing at all) with growing waits, and stops at those that won't (other 3xx, 4xx and 6xx).
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #callId: string;
  /** Told of the end of each try, also of those that timers start. Must not throw. */
  onResult: (result: RegistrationResult) => void = () => undefined;
  #state: RegistrationState = 'idle';
  /** What was asked for last; 423 raises it. */
  #expiresS: number;
  #cseq = 0;
  #failures = 0;
  #timer: TimerHandle | undefined;
  #closed = false;
  /** The tries follow one another: a REGISTER has its final response before the next one leaves (§10.2). */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#expiresS = options.expiresS ?? DEFAULT_EXPIRES_S;
    this.#callId = options.ids.token(CALL_ID_LENGTH);
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** Stops without a word to the registrar. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  /** Registers now, and keeps registered until {@link unregister} or {@link close}. Never rejects. */
  register(): Promise<RegistrationResult> {
    return this.#enqueue(() => this.#register());
  }

  /** Takes the registration back. Never rejects; whatever the answer, nothing is refreshed any more. */
  unregister(): Promise<RegistrationResult> {
    this.#stopTimer();
    return this.#enqueue(() => this.#unregister());
  }

  #enqueue(step: () => Promise<RegistrationResult>): Promise<RegistrationResult> {
    const done = this.#queue.then(step);
    this.#queue = done;
    return done;
  }

  async #register(): Promise<RegistrationResult> {
    this.#stopTimer();
    if (this.#state !== 'registered') this.#state = 'registering';
    let response = await this.#send(this.#expiresS);
    const minimum = readSeconds(response.header('Min-Expires'));
    if (response.status === 423 && minimum !== undefined && minimum > this.#expiresS) {
      this.#expiresS = minimum;
      response = await this.#send(minimum);
    }
    return this.#finish(response.status < 300 ? this.#onRegistered(response) : this.#onFailed(response));
  }

  async #unregister(): Promise<RegistrationResult> {
    this.#stopTimer();
    const { status, reason } = await this.#send(0);
    this.#state = 'idle';
    this.#failures = 0;
    return this.#finish({ ok: status < 300, status, reason, expiresS: 0 });
  }

  #finish(result: RegistrationResult): RegistrationResult {
    if (this.#closed) return result;
    this.onResult(result);
    if (result.againInMs === undefined) return result;
    this.#timer = this.#options.clock.setTimeout(result.againInMs, () => {
      // Never rejects: the user agent makes up a response where none came.
      void this.register();
    });
    return result;
  }

  #onRegistered(response: SipResponse): RegistrationResult {
    this.#state = 'registered';
    this.#failures = 0;
    const expiresS = this.#granted(response);
    const margin = Math.max(expiresS * REFRESH_MARGIN_PART, Math.min(REFRESH_MARGIN_S, expiresS / 2));
    const { status, reason } = response;
    return { ok: true, status, reason, expiresS, againInMs: (expiresS - margin) * 1000 };
  }

  #onFailed(response: SipResponse): RegistrationResult {
    this.#state = 'failed';
    const { status, reason } = response;
    const failed = { ok: false, status, reason, expiresS: 0 };
    if (status !== 408 && (status < 500 || status > 599)) return failed;
    const { retryBaseMs = DEFAULT_RETRY_BASE_MS, retryMaxMs = DEFAULT_RETRY_MAX_MS } = this.#options;
    const longest = Math.min(retryMaxMs, retryBaseMs * 2 ** this.#failures++);
    // RFC 5626 §4.5: between a half and the whole of it, so that phones which failed together do not return together.
    const wait = longest * (0.5 + this.#random() / 2);
    return { ...failed, againInMs: Math.max(wait, (readSeconds(response.header('Retry-After')) ?? 0) * 1000) };
  }

  /** What the registrar granted to this contact (§10.2.4): it may be less than was asked for. */
  #granted(response: SipResponse): number {
    const own = readContacts(response).find(({ uri }) => uri.equals(this.#options.contact));
    return readSeconds(own?.params.get('expires')) ?? readSeconds(response.header('Expires')) ?? this.#expiresS;
  }

  async #send(expiresS: number): Promise<SipResponse> {
    const { userAgent, aor, registrar, target, contact, contactParams = Params.empty, credentials } = this.#options;
    const headers: HeaderLine[] = [
      ['Contact', NameAddr.of({ uri: contact, params: contactParams }).toString()],
      ['Expires', String(expiresS)],
    ];
    const response = await userAgent.request({
      method: 'REGISTER',
      uri: registrar,
      from: aor,
      to: aor,
      callId: this.#callId,
      cseq: this.#cseq + 1,
      target,
      headers,
      ...(credentials === undefined ? {} : { credentials }),
    });
    // The try with credentials has taken a number too; the response tells the last one.
    this.#cseq = response.cseq.number;
    return response;
  }

  #random(): number {
    return parseInt(this.#options.ids.token(RANDOM_DIGITS), 36) / 36 ** RANDOM_DIGITS;
  }

  #stopTimer(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** The contacts of a 200; none when they can't be read, since the registration itself stands. */
function readContacts(response: SipResponse): readonly NameAddr[] {
  try {
    return response.contacts;
  } catch {
    return [];
  }
}

/** Seconds at the head of a header field value; a comment or parameters may follow (RFC 3261 §20.33). */
function readSeconds(text: string | undefined): number | undefined {
  const [, digits] = DELTA_SECONDS.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}
