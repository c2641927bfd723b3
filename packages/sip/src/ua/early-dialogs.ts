import { Dialog } from '../dialog/dialog.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';

/** Forks of one INVITE whose early dialogs are told apart; of more than these only the 2xx counts. */
const MAX_EARLY_DIALOGS = 500;

/**
 * The early dialogs of an INVITE we sent, one for each To-tag of its 1xx (RFC 3261 §13.2.2.1). A dialog is built when the
 * first request in it arrives, which few ever do.
 */
export class EarlyDialogs {
  readonly #byRemoteTag = new Map<string, SipResponse | Dialog>();

  /** Notes the To-tag of a 1xx; the first 1xx of a tag makes its dialog. */
  note(response: SipResponse): void {
    const tag = response.to.tag;
    if (tag === undefined || this.#byRemoteTag.has(tag) || this.#byRemoteTag.size >= MAX_EARLY_DIALOGS) return;
    this.#byRemoteTag.set(tag, response);
  }

  /** The early dialog with that peer. */
  get(remoteTag: string, invite: SipRequest): Dialog | undefined {
    const known = this.#byRemoteTag.get(remoteTag);
    if (known === undefined || known instanceof Dialog) return known;
    const dialog = Dialog.ofClient(invite, known);
    this.#byRemoteTag.set(remoteTag, dialog);
    return dialog;
  }

  /** That early dialog is over (RFC 3261 §15: a peer may end one by itself). */
  forget(remoteTag: string): void {
    this.#byRemoteTag.delete(remoteTag);
  }

  /** The early dialog with that peer, if a request has arrived in it. */
  used(remoteTag: string): Dialog | undefined {
    const known = this.#byRemoteTag.get(remoteTag);
    return known instanceof Dialog ? known : undefined;
  }
}
