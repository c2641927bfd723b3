import type { SipResponse } from '../message/sip-message.ts';
import type { TransportError } from '../transport/transport-error.ts';
import type { SentMessage } from '../transport/transport-layer.ts';
import { createAck } from './create-ack.ts';
import {
  type InviteClientAction,
  type InviteClientInput,
  type InviteClientState,
  type InviteClientTimer,
  inviteClientTransition,
} from './invite-client-transition.ts';
import { RunningClientTransaction } from './running-client-transaction.ts';
import { patience } from './timer-config.ts';

/** Runs {@link inviteClientTransition}: sends, waits, and tells the user. */
export class InviteClientTransaction extends RunningClientTransaction<InviteClientTimer> {
  #state: InviteClientState = 'calling';
  #ack: SentMessage | undefined;

  override get state(): InviteClientState {
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
    this.startRepeating('timer-a', timers.t1);
    this.startDeadline('timer-b', patience(timers));
  }

  override receive(response: SipResponse): void {
    const { status } = response;
    if (status < 200) this.noteProvisional();
    this.#input(status < 200 ? '1xx' : status < 300 ? '2xx' : '300-699', response);
  }

  override onTimer(name: InviteClientTimer): void {
    this.#input(name);
  }

  protected override readonly onSendFailure = (error: TransportError): void => {
    this.#input('transport-error', undefined, error);
  };

  #input(input: InviteClientInput, response?: SipResponse, error?: TransportError): void {
    const step = inviteClientTransition(this.#state, input);
    if (step === undefined) {
      this.context.counters.ignored++;
      return;
    }
    this.#state = step.state;
    if (step.state === 'terminated') this.release();
    for (const action of step.actions) this.#act(action, response, error);
    if (step.state === 'terminated') this.context.guard.tellTerminated(this.user);
  }

  #act(action: InviteClientAction, response: SipResponse | undefined, error: TransportError | undefined): void {
    const { guard, timers } = this.context;
    switch (action) {
      case 'resend':
        this.resend();
        break;
      case 'start-timer-a':
        this.repeatSlower(Infinity);
        break;
      case 'stop-timers-a-b':
        this.stopTimers();
        break;
      case 'start-timer-d':
        this.startDeadline('timer-d', this.isReliable ? 0 : timers.timerD);
        break;
      case 'start-timer-m':
        this.startDeadline('timer-m', patience(timers));
        break;
      case 'send-ack':
        if (response !== undefined) this.#sendAck(response);
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

  /** Each retransmission of the response gets the same bytes. */
  #sendAck(response: SipResponse): void {
    const { transport } = this.context;
    if (this.#ack === undefined) {
      const ack = createAck(this.request, response);
      this.#ack = transport.sendRequest(ack, this.branch, this.target, this.onSendFailure);
    } else transport.resend(this.#ack, this.onSendFailure);
  }
}
