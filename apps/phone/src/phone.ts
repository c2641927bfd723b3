import { AppError, type Clock, type IdSource, type Logger, type Network, type TimerHandle } from '@groupcall/kernel';
import { NameAddr, Registration, type RegistrationResult, type ServerInvite, SipUri, UserAgent } from '@groupcall/sip';
import type { Call, CallContext, CallEnd } from './call.ts';
import { IncomingCall } from './incoming-call.ts';
import { OutgoingCall } from './outgoing-call.ts';
import type { CallCommand, PhoneCommand } from './phone-command.ts';
import type { PhoneEvent } from './phone-event.ts';
import type { PhoneSettings } from './phone-settings.ts';
import { SilentNetwork } from './silent-network.ts';

const AGENT = 'groupcall-phone/0.1.0';
const BUSY_HERE = 486;
/** How long {@link Phone.close} waits for a call to end and for the registrar, in ms. */
const CLOSE_LIMIT_MS = 2000;

export interface PhoneOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly network: Network;
  readonly settings: PhoneSettings;
  /** Told of everything that happens. Must not throw. */
  readonly onEvent: (event: PhoneEvent) => void;
}

/** The phone can't do that now, or not at all. */
export class PhoneError extends AppError<'PHONE_STATE' | 'PHONE_ADDRESS'> {}

/** A SIP phone with one line: registers, rings, calls, talks. A second call is busy. */
export class Phone {
  readonly #clock: Clock;
  readonly #settings: PhoneSettings;
  readonly #onEvent: (event: PhoneEvent) => void;
  readonly #userAgent: UserAgent;
  readonly #context: CallContext;
  readonly #aor: NameAddr;
  readonly #ids: IdSource;
  #registration: Registration | undefined;
  #call: Call | undefined;
  #behaviourTimer: TimerHandle | undefined;
  #missedCalls = 0;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;
  #firstCallee: NameAddr | undefined;

  /** @throws PhoneError when user and domain make no address, or `settings.call` is none. */
  constructor({ clock, ids, logger, network, settings, onEvent }: PhoneOptions) {
    const { transport, listen, behaviour, user, domain } = settings;
    this.#clock = clock;
    this.#ids = ids;
    this.#settings = settings;
    this.#onEvent = onEvent;
    this.#aor = this.#addressOf(SipUri.of({ scheme: 'sip', user, host: domain }).toString());
    this.#firstCallee = settings.call === undefined ? undefined : this.#addressOf(settings.call);
    this.#userAgent = new UserAgent({
      clock,
      ids,
      logger,
      network: behaviour.kind === 'silent' ? new SilentNetwork(network) : network,
      listen: [{ protocol: transport, ...listen }],
      userAgent: AGENT,
    });
    this.#userAgent.onInvite = (invite) => {
      this.#onInvite(invite);
    };
    this.#context = {
      clock,
      ids,
      logger,
      network,
      address: listen.address,
      toneHz: settings.toneHz,
      hangUpAfterMs: settings.hangUpAfterMs,
      report: onEvent,
      onEnded: (call, end) => {
        this.#onCallEnded(call, end);
      },
    };
  }

  get missedCalls(): number {
    return this.#missedCalls;
  }

  /**
   * Opens the sockets, then registers and calls as the settings say; how that goes is told by events. Rejects with the
   * system's error.
   */
  async start(): Promise<void> {
    await this.#userAgent.start();
    const { user, transport, register } = this.#settings;
    const { address, port } = this.#localAddress();
    this.#onEvent({ event: 'ready', user, transport, address, port });
    this.#registration = this.#makeRegistration();
    if (register) void this.#registration.register();
    else this.#placeFirstCall();
  }

  /** Hangs up, takes the registration back, and closes the sockets, within 2 s each. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Does what a command says, but `quit`, which is its reader's. @throws PhoneError */
  execute(command: PhoneCommand): void {
    switch (command.command) {
      case 'register':
      case 'unregister':
        if (this.#registration === undefined) throw this.#unable(command.command);
        void this.#registration[command.command]();
        return;
      case 'call':
        this.call(command.to);
        return;
      case 'quit':
        return;
      default:
        if (!this.#onCall(command)) throw this.#unable(command.command);
    }
  }

  /**
   * Calls a SIP URI, or a user of the own domain.
   * @throws PhoneError while another call is there, and for what is no address.
   */
  call(to: string): void {
    if (this.#call !== undefined) throw this.#unable('call');
    this.#place(this.#addressOf(to));
  }

  #placeFirstCall(): void {
    const callee = this.#firstCallee;
    this.#firstCallee = undefined;
    if (callee !== undefined && this.#call === undefined && this.#closing === undefined) this.#place(callee);
  }

  #place(callee: NameAddr): void {
    const { password, user: username, server, transport } = this.#settings;
    this.#call = new OutgoingCall(this.#context, this.#aor, callee, (offer, handlers) =>
      this.#userAgent.invite(
        {
          target: { protocol: transport, ...server },
          uri: callee.uri,
          from: this.#aor,
          to: callee,
          ...offer,
          ...(password === '' ? {} : { credentials: { username, password } }),
        },
        handlers,
      ),
    );
  }

  #onCall(command: CallCommand): boolean {
    const call = this.#call;
    if (call === undefined) return false;
    switch (command.command) {
      case 'answer':
        return call.answer();
      case 'decline':
        return call.decline(command.status);
      case 'cancel':
        return call.cancel();
      case 'hangup':
        return call.hangUp();
      case 'hold':
        return call.hold(true);
      case 'resume':
        return call.hold(false);
    }
  }

  async #close(): Promise<void> {
    if (this.#call !== undefined) {
      const idle = new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
      this.#call.hangUp();
      await this.#atMost(idle);
    }
    const registration = this.#registration;
    if (registration !== undefined) {
      if (registration.state === 'registered') await this.#atMost(registration.unregister());
      registration.close();
    }
    this.#clock.clearTimeout(this.#behaviourTimer);
    await this.#userAgent.close();
  }

  /** The promise, or the time that {@link close} has for it. */
  async #atMost(promise: Promise<unknown>): Promise<void> {
    let timer: TimerHandle | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(CLOSE_LIMIT_MS, resolve);
    });
    await Promise.race([promise, timeout]);
    this.#clock.clearTimeout(timer);
  }

  #makeRegistration(): Registration {
    const { user, domain, password, server, transport, expiresS } = this.#settings;
    const registration = new Registration({
      clock: this.#clock,
      ids: this.#ids,
      userAgent: this.#userAgent,
      aor: this.#aor,
      registrar: SipUri.of({ scheme: 'sip', host: domain }),
      target: { protocol: transport, ...server },
      contact: this.#contact(),
      expiresS,
      ...(password === '' ? {} : { credentials: { username: user, password } }),
    });
    registration.onResult = (result) => {
      this.#onRegistration(result);
    };
    return registration;
  }

  #onRegistration({ ok, expiresS, status, reason }: RegistrationResult): void {
    if (!ok || expiresS === 0) {
      this.#onEvent({ event: 'unregistered', status, reason });
      return;
    }
    this.#onEvent({ event: 'registered', contact: this.#contact().toString(), expires: expiresS });
    this.#placeFirstCall();
  }

  #onInvite(invite: ServerInvite): void {
    if (this.#call !== undefined || this.#closing !== undefined) {
      invite.reject(BUSY_HERE);
      return;
    }
    const call = new IncomingCall(this.#context, invite);
    this.#call = call;
    const { behaviour } = this.#settings;
    if (behaviour.kind === 'decline') {
      call.decline(behaviour.status);
      return;
    }
    call.ring();
    if (behaviour.kind !== 'answer') return;
    this.#behaviourTimer = this.#clock.setTimeout(behaviour.afterMs, () => {
      call.answer();
    });
  }

  #onCallEnded(call: Call, { by, reason, status, reasonHeaders }: CallEnd): void {
    this.#clock.clearTimeout(this.#behaviourTimer);
    if (this.#call === call) this.#call = undefined;
    if (reason === 'missed') this.#missedCalls++;
    const { callId, direction } = call;
    const missedCalls = this.#missedCalls;
    this.#onEvent({ event: 'ended', callId, direction, by, reason, status, reasonHeaders, missedCalls });
    this.#onIdle?.();
  }

  #addressOf(to: string): NameAddr {
    try {
      const { domain } = this.#settings;
      if (/^sips?:/i.test(to)) return NameAddr.of({ uri: SipUri.parse(to) });
      return NameAddr.of({ uri: SipUri.parse(to.includes('@') ? `sip:${to}` : `sip:${to}@${domain}`) });
    } catch (error) {
      throw new PhoneError('PHONE_ADDRESS', `"${to}" is no address that can be called`, {
        cause: error,
        help: 'Give a SIP URI, such as sip:bob@local, or the name of a user in the own domain.',
      });
    }
  }

  #contact(): SipUri {
    const { address, port } = this.#localAddress();
    const { user, transport } = this.#settings;
    const uri = SipUri.of({ scheme: 'sip', user, host: address, port });
    return transport === 'udp' ? uri : uri.with({ params: uri.params.set('transport', transport) });
  }

  #localAddress(): { readonly address: string; readonly port: number } {
    const [listener] = this.#userAgent.listeners;
    if (listener === undefined) throw this.#unable('use its sockets');
    return listener;
  }

  #unable(what: string): PhoneError {
    const state =
      this.#call === undefined ? 'there is no call' : `the call (${this.#call.direction}) does not allow it`;
    return new PhoneError('PHONE_STATE', `can't ${what} now: ${what === 'call' ? 'another call is there' : state}`, {
      help: 'Watch the events: ringing can be answered or declined, calling cancelled, talking held and hung up.',
    });
  }
}
