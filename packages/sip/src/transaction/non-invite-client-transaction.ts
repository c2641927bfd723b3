import type { SipResponse } from '../message/sip-message.ts';
import type { TransportError } from '../transport/transport-error.ts';
import {
  type NonInviteClientAction,
  type NonInviteClientInput,
  type NonInviteClientState,
  type NonInviteClientTimer,
  nonInviteClientTransition,
} from './non-invite-client-transition.ts';
import { RunningClientTransaction } from './running-client-transaction.ts';
import { patience } from './timer-config.ts';

/** Runs {@link nonInviteClientTransition}: sends, waits, and tells the user. */
export class NonInviteClientTransaction extends RunningClientTransaction<NonInviteClientTimer> {
  #state: NonInviteClientState = 'trying';

  override get state(): NonInviteClientState {
    return this.#state;
  }

  override terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.release();
  }

  override start(): void {
    const { timers } = this.context;
    this.send();
    this.startRepeating('timer-e', timers.t1);
    this.startDeadline('timer-f', patience(timers));
  }

  override receive(response: SipResponse): void {
    if (response.status < 200) this.noteProvisional();
    this.#input(response.status < 200 ? '1xx' : '200-699', response);
  }

  override onTimer(name: NonInviteClientTimer): void {
    this.#input(name);
  }

  protected override readonly onSendFailure = (error: TransportError): void => {
    this.#input('transport-error', undefined, error);
  };

  #input(input: NonInviteClientInput, response?: SipResponse, error?: TransportError): void {
    const step = nonInviteClientTransition(this.#state, input);
    if (step === undefined) {
      this.context.counters.ignored++;
      return;
    }
    this.#state = step.state;
    if (step.state === 'terminated') this.release();
    for (const action of step.actions) this.#act(action, response, error);
    if (step.state === 'terminated') this.context.guard.tellTerminated(this.user);
  }

  #act(action: NonInviteClientAction, response: SipResponse | undefined, error: TransportError | undefined): void {
    const { guard, timers } = this.context;
    switch (action) {
      case 'resend':
        this.resend();
        break;
      case 'start-timer-e':
        this.repeatSlower(timers.t2);
        break;
      case 'slow-timer-e':
        this.startRepeating('timer-e', timers.t2);
        break;
      case 'stop-timers-e-f':
        this.stopTimers();
        break;
      case 'start-timer-k':
        this.startDeadline('timer-k', this.isReliable ? 0 : timers.t4);
        break;
      case 'tell-response':
        if (response !== undefined) guard.tellResponse(this.user, response);
        break;
      case 'tell-timeout':
        guard.tellTimeout(this.user);
        break;
      case 'tell-transport-error':
        if (error !== undefined) guard.tellTransportError(this.user, error);
        break;
    }
  }
}
