/** Methods of the RFCs. One of them that is not served gets 405, any other 501 (RFC 3261 §8.2.1, §21.5.2). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'INFO',
  'PRACK',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'MESSAGE',
  'REFER',
]);

/** What the user agent serves by itself, and within dialogs. */
const SERVED_METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'INFO'] as const;

/** The methods a user agent serves: what Allow says (RFC 3261 §20.5), and how the others are refused. */
export class AllowedMethods {
  readonly #methods = new Set<string>(SERVED_METHODS);
  #header = SERVED_METHODS.join(', ');

  /** The value of the Allow header. */
  get header(): string {
    return this.#header;
  }

  /** Serves one more method. */
  add(method: string): void {
    this.#methods.add(method);
    this.#header = [...this.#methods].join(', ');
  }

  /** The status that refuses a method nobody serves here: 405 when it is known, 501 when it is not. */
  refusal(method: string): 405 | 501 {
    return KNOWN_METHODS.has(method) ? 405 : 501;
  }
}
