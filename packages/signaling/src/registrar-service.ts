import type { Extension } from '@groupcall/engine';
import { type IdSource, type Logger, toError } from '@groupcall/kernel';
import {
  type ContactChange,
  type HeaderLine,
  ParseError,
  type RegisteredContact,
  type Registrar,
  type ServerTransaction,
  type SipRequest,
  SipResponse,
} from '@groupcall/sip';
import type { AccountGate } from './account-gate.ts';

/** A phone came, went, or stayed. */
export interface RegistrationChange {
  readonly change: ContactChange;
  /** `name@domain`. */
  readonly aor: string;
  readonly contact: RegisteredContact;
  /** Whose phone it is; undefined for one that was registered before the last restart and has not come back since. */
  readonly extension: Extension | undefined;
}

export interface RegistrarServiceOptions {
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly gate: AccountGate;
  readonly registrar: Registrar;
}

const TAG_LENGTH = 16;

/** Answers REGISTER: only the owner of an account may say where its phones are (RFC 3261 §10.3). */
export class RegistrarService {
  readonly #ids: IdSource;
  readonly #logger: Logger;
  readonly #gate: AccountGate;
  readonly #registrar: Registrar;
  /** Told of each change, after it. */
  onChange: (change: RegistrationChange) => void = () => undefined;
  /** Whose the AORs are that have a contact. */
  readonly #owners = new Map<string, Extension>();

  constructor({ ids, logger, gate, registrar }: RegistrarServiceOptions) {
    this.#ids = ids;
    this.#logger = logger;
    this.#gate = gate;
    this.#registrar = registrar;
    registrar.onChange = (aor, contact, change) => {
      this.#onContactChange(aor, contact, change);
    };
  }

  /** Handles a REGISTER. Never rejects. */
  async register(transaction: ServerTransaction, request: SipRequest): Promise<void> {
    try {
      const aor = request.to.uri;
      const verdict = await this.#gate.check(request, transaction.flow, [aor.host, request.uri.host]);
      if (!verdict.ok) {
        this.#reply(transaction, request, verdict.status, verdict.headers);
        return;
      }
      const { extension } = verdict;
      // RFC 3261 §10.3 step 4: the account may register itself and nobody else.
      if (aor.user !== extension.extension) {
        this.#logger.info({ account: extension.extension, aor: aor.toString() }, 'REGISTER for somebody else');
        this.#reply(transaction, request, 403, []);
        return;
      }
      this.#registerOwned(transaction, extension);
    } catch (error) {
      if (error instanceof ParseError) {
        this.#reply(transaction, request, 400, []);
        return;
      }
      this.#logger.error({ err: toError(error) }, 'a REGISTER could not be handled');
      this.#reply(transaction, request, 500, []);
    }
  }

  #registerOwned(transaction: ServerTransaction, extension: Extension): void {
    const name = aorOf(extension);
    this.#owners.set(name, extension);
    this.#registrar.register(transaction, name);
    this.#forgetWithoutContact(name);
  }

  #reply(transaction: ServerTransaction, request: SipRequest, status: number, headers: readonly HeaderLine[]): void {
    const toTag = this.#ids.token(TAG_LENGTH);
    transaction.respond(SipResponse.replyTo(request, status, undefined, { toTag, headers }));
  }

  #onContactChange(aor: string, contact: RegisteredContact, change: ContactChange): void {
    this.onChange({ change, aor, contact, extension: this.#owners.get(aor) });
    this.#forgetWithoutContact(aor);
  }

  #forgetWithoutContact(aor: string): void {
    if (this.#registrar.contacts(aor).length === 0) this.#owners.delete(aor);
  }
}

/** Under which name the phones of an extension are registered. */
export function aorOf({ extension, domain }: Pick<Extension, 'extension' | 'domain'>): string {
  return `${extension}@${domain.toLowerCase()}`;
}
