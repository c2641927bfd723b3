import type {
  ClientAnswer,
  ClientInviteEnd,
  ClientInviteHandlers,
  DialogEnd,
  InviteDialog,
  ServerInvite,
  SipResponse,
} from '@groupcall/sip';

/** Writes down what a call tells its user, one word an event, so that a test can compare the whole story. */
export class CallLog implements ClientInviteHandlers {
  readonly events: string[] = [];
  answer: ClientAnswer | undefined;
  end: ClientInviteEnd | undefined;
  dialogEnd: DialogEnd | undefined;
  /** Called with each answer, before it is acknowledged. Default: acknowledges at once. */
  onAnswered: (answer: ClientAnswer) => void = (answer) => {
    answer.acknowledge();
  };

  /** Called with each 1xx that is told. */
  onRinging: (response: SipResponse) => void = () => undefined;

  onProvisional(response: SipResponse): void {
    this.events.push(String(response.status));
    this.onRinging(response);
  }

  onAnswer(answer: ClientAnswer): void {
    this.events.push(`answer ${answer.response.status}`);
    this.answer = answer;
    this.watch(answer.dialog);
    this.onAnswered(answer);
  }

  onEnd(end: ClientInviteEnd): void {
    this.end = end;
    if (end.kind === 'response') this.events.push(`end ${end.response.status}`);
    else
      this.events.push(end.kind === 'timeout' && end.cancelled === true ? 'end timeout cancelled' : `end ${end.kind}`);
  }

  onCancelSent(): void {
    this.events.push('cancel sent');
  }

  /** Writes down an incoming call too. */
  watchInvite(invite: ServerInvite): void {
    this.events.push('invite');
    invite.onCancel = ({ method }) => this.events.push(`cancelled by ${method}`);
    invite.onAck = () => this.events.push('ack');
    invite.onNoAck = () => this.events.push('no ack');
    invite.onTransportError = () => this.events.push('transport error');
  }

  watch(dialog: InviteDialog | undefined): void {
    if (dialog === undefined) return;
    dialog.onBye = () => this.events.push('bye');
    dialog.onByeSent = () => this.events.push('bye sent');
    dialog.onByeDone = (response) => this.events.push(`bye done ${response?.status ?? 'without response'}`);
    dialog.onEnded = (why) => {
      this.dialogEnd = why;
      this.events.push(`ended ${why.kind}`);
    };
  }

  /** The answered dialog. Throws when there is none. */
  get dialog(): InviteDialog {
    if (this.answer === undefined) throw new Error('it was not answered');
    return this.answer.dialog;
  }
}
