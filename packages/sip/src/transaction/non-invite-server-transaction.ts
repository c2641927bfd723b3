import { SipResponse } from '../message/sip-message.ts';
import type { TransportError } from '../transport/transport-error.ts';
import {
  type NonInviteServerAction,
  type NonInviteServerInput,
  type NonInviteServerState,
  type NonInviteServerTimer,
  nonInviteServerTransition,
} from './non-invite-server-transition.ts';
import { ServerTransaction } from './server-transaction.ts';
import { nonInviteTrying, patience } from './timer-config.ts';
import { type TimerOwner, TransactionTimer } from './transaction-timer.ts';

/** Runs {@link nonInviteServerTransition}. */
export class NonInviteServerTransaction extends ServerTransaction implements TimerOwner<NonInviteServerTimer> {
  #state: NonInviteServerState = 'trying';
  #trying: TransactionTimer<NonInviteServerTimer> | undefined;
  /** The timer that waits for the user, then J. */
  #deadline: TransactionTimer<NonInviteServerTimer> | undefined;

  override get state(): NonInviteServerState {
    return this.#state;
  }

  override wait(): void {
    if (this.#state !== 'trying' && this.#state !== 'proceeding') return;
    const { service, timers } = this.context;
    this.#startDeadline('timer-unanswered', patience(timers));
    if (this.hasResponded) return;
    this.#trying = new TransactionTimer<NonInviteServerTimer>(this, 'timer-trying');
    service.start(this.#trying, nonInviteTrying(timers));
  }

  override respond(response: SipResponse): void {
    this.#input(this.#inputOf(response.status), response);
  }

  override receive(): void {
    this.#input('request');
  }

  override abandon(): void {
    this.#state = 'terminated';
    this.stop(this.#trying, this.#deadline);
  }

  onTimer(name: NonInviteServerTimer): void {
    this.#input(name);
  }

  protected override readonly onSendFailure = (error: TransportError): void => {
    this.#input('transport-error', undefined, error);
  };

  #inputOf(status: number): NonInviteServerInput {
    if (status >= 200) return status === 408 ? 'respond-408' : 'respond-200-699';
    if (status > 100) return 'respond-101-199';
    return this.isReliable ? 'respond-100' : 'respond-100-unreliably';
  }

  #input(input: NonInviteServerInput, response?: SipResponse, error?: TransportError): void {
    const step = nonInviteServerTransition(this.#state, input);
    const { context } = this;
    if (step === undefined) {
      context.counters.ignored++;
      return;
    }
    this.#state = step.state;
    if (step.state === 'terminated') {
      this.stop(this.#trying, this.#deadline);
      context.forget(this);
    }
    for (const action of step.actions) this.#act(action, response, error);
    if (step.state === 'terminated') context.guard.tellTerminated(this);
  }

  #act(action: NonInviteServerAction, response: SipResponse | undefined, error: TransportError | undefined): void {
    const { guard, timers } = this.context;
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
        this.stop(this.#trying);
        break;
      case 'stop-timers':
        this.stop(this.#trying, this.#deadline);
        break;
      case 'start-timer-j':
        this.#startDeadline('timer-j', this.isReliable ? 0 : patience(timers));
        break;
      case 'tell-timeout':
        guard.tellTimeout(this);
        break;
      case 'tell-transport-error':
        if (error !== undefined) this.tellTransportError(error);
        break;
    }
  }

  #startDeadline(name: NonInviteServerTimer, delayMs: number): void {
    this.#deadline ??= new TransactionTimer<NonInviteServerTimer>(this, name);
    this.#deadline.name = name;
    this.context.service.start(this.#deadline, delayMs);
  }
}
