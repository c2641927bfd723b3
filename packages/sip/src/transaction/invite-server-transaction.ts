import { type SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Flow } from '../transport/flow.ts';
import type { TransportError } from '../transport/transport-error.ts';
import {
  type InviteServerAction,
  type InviteServerInput,
  type InviteServerState,
  type InviteServerTimer,
  inviteServerTransition,
} from './invite-server-transition.ts';
import { ServerTransaction } from './server-transaction.ts';
import { patience } from './timer-config.ts';
import { type TimerOwner, TransactionTimer } from './transaction-timer.ts';

/** What comes with an input. */
interface Cause {
  readonly response?: SipResponse;
  readonly ack?: SipRequest;
  readonly flow?: Flow;
  readonly error?: TransportError;
}

const NOTHING: Cause = {};

/** Runs {@link inviteServerTransition}: sends what the user answers, again where that is its duty, and waits for the ACK. */
export class InviteServerTransaction extends ServerTransaction implements TimerOwner<InviteServerTimer> {
  #state: InviteServerState = 'proceeding';
  /** The timer that waits for the user, then G. */
  #repeat: TransactionTimer<InviteServerTimer> | undefined;
  /** H, then I, or L. */
  #deadline: TransactionTimer<InviteServerTimer> | undefined;

  override get state(): InviteServerState {
    return this.#state;
  }

  override wait(): void {
    if (this.#state !== 'proceeding' || this.hasResponded) return;
    this.#repeat = this.#start(this.#repeat, 'timer-trying', this.context.timers.trying);
  }

  override respond(response: SipResponse): void {
    const { status } = response;
    const input = status < 200 ? 'respond-1xx' : status < 300 ? 'respond-2xx' : 'respond-300-699';
    this.#input(input, { response });
  }

  override receive(request: SipRequest, flow: Flow): void {
    if (request.method === 'ACK') this.#input('ack', { ack: request, flow });
    else this.#input('invite', NOTHING);
  }

  override abandon(): void {
    this.#state = 'terminated';
    this.stop(this.#repeat, this.#deadline);
  }

  onTimer(name: InviteServerTimer): void {
    this.#input(name, NOTHING);
  }

  protected override readonly onSendFailure = (error: TransportError): void => {
    this.#input('transport-error', { error });
  };

  #input(input: InviteServerInput, cause: Cause): void {
    const step = inviteServerTransition(this.#state, input);
    const { context } = this;
    if (step === undefined) {
      context.counters.ignored++;
      return;
    }
    this.#state = step.state;
    if (step.state === 'terminated') {
      this.stop(this.#repeat, this.#deadline);
      context.forget(this);
    }
    for (const action of step.actions) this.#act(action, cause);
    if (step.state === 'terminated') context.guard.tellTerminated(this);
  }

  #act(action: InviteServerAction, { response, ack, flow, error }: Cause): void {
    const { context } = this;
    const { timers } = context;
    switch (action) {
      case 'send':
        if (response !== undefined) this.send(response);
        break;
      case 'send-trying':
        this.send(SipResponse.replyTo(this.request, 100));
        break;
      case 'send-again':
        this.sendAgain();
        break;
      case 'stop-timer-trying':
        this.stop(this.#repeat);
        break;
      case 'start-timers-g-h':
        if (!this.isReliable) this.#repeat = this.#start(this.#repeat, 'timer-g', timers.t1);
        this.#deadline = this.#start(this.#deadline, 'timer-h', patience(timers));
        break;
      case 'start-timer-g':
        this.#repeat = this.#start(this.#repeat, 'timer-g', Math.min((this.#repeat?.delayMs ?? 0) * 2, timers.t2));
        break;
      case 'stop-timers-g-h':
        this.stop(this.#repeat, this.#deadline);
        break;
      case 'start-timer-i':
        this.#deadline = this.#start(this.#deadline, 'timer-i', this.isReliable ? 0 : timers.t4);
        break;
      case 'start-timer-l':
        this.#deadline = this.#start(this.#deadline, 'timer-l', patience(timers));
        break;
      case 'tell-ack':
        if (ack !== undefined && flow !== undefined) context.passAck(ack, flow);
        break;
      case 'tell-timeout':
        context.guard.tellTimeout(this);
        break;
      case 'tell-transport-error':
        if (error !== undefined) this.tellTransportError(error);
        break;
    }
  }

  /** Starts `timer`, which is made when there is none yet. */
  #start(
    timer: TransactionTimer<InviteServerTimer> = new TransactionTimer<InviteServerTimer>(this, 'timer-trying'),
    name: InviteServerTimer,
    delayMs: number,
  ): TransactionTimer<InviteServerTimer> {
    timer.name = name;
    timer.delayMs = delayMs;
    this.context.service.start(timer, delayMs);
    return timer;
  }
}
