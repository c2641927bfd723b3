import type { DomainEvent, Extension } from '@groupcall/engine';
import { toError, type Clock, type IdSource, type Logger, type TimerHandle } from '@groupcall/kernel';
import type { RegistrationChange } from '@groupcall/signaling';
import type { Registrar, StoredContact } from '@groupcall/sip';
import type { Store } from '@groupcall/store';

export interface RegistrationsOptions {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly registrar: Registrar;
  readonly store: Store;
}

/** Changes of this long are written together, in ms: a thousand phones that come back at once are one write. */
const SAVE_AFTER_MS = 1_000;

/** Keeps the registrar's contacts over a restart, and writes the events of phones that come and go. */
export class Registrations {
  readonly #options: RegistrationsOptions;
  #pending: TimerHandle | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: RegistrationsOptions) {
    this.#options = options;
  }

  /** Gives the registrar what was registered when the server ended. Resolves with how many contacts are still good. */
  async restore(): Promise<number> {
    const { registrar, store } = this.#options;
    const rows = await store.registrations.load();
    return registrar.restore({ contacts: rows.map(({ data }) => data as StoredContact) });
  }

  /** A phone came, went or stayed. */
  onChange(change: RegistrationChange): void {
    const { clock } = this.#options;
    this.#pending ??= clock.setTimeout(SAVE_AFTER_MS, () => {
      this.#pending = undefined;
      this.#save();
    });
    const { extension } = change;
    if (change.change !== 'refreshed' && extension !== undefined) this.#publish(change, extension);
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#options.clock.clearTimeout(this.#pending);
    this.#save();
    await this.#saving;
  }

  #save(): void {
    const { registrar, store, logger } = this.#options;
    const rows = registrar.snapshot().contacts.map((contact) => {
      const { aor, id, expiresAt } = contact;
      return { aor, contact: id, expiresAt, data: contact };
    });
    this.#saving = this.#saving
      .then(() => store.registrations.save(rows))
      .catch((error: unknown) => {
        logger.error({ err: toError(error) }, 'the registrations could not be written; a restart would not find them');
      });
  }

  #publish({ change, contact }: RegistrationChange, extension: Extension): void {
    const { clock, ids, logger, store } = this.#options;
    const event: DomainEvent = {
      id: ids.uuid(),
      type: change === 'registered' ? 'extension_registered' : 'extension_unregistered',
      tm: clock.now(),
      customerId: extension.customerId,
      subject: {
        extensionId: extension.id,
        extension: extension.extension,
        domain: extension.domain,
        contact: contact.uri.toString(),
        userAgent: contact.userAgent,
        tmExpire: contact.expiresAt,
      },
    };
    store.calls.commit({ groupCalls: [], calls: [], events: [event] }).catch((error: unknown) => {
      logger.error(
        { err: toError(error), extension: extension.extension },
        'a registration event could not be written',
      );
    });
  }
}
