import { CryptoIdSource, NodeNetwork, silentLogger, SystemClock } from '@groupcall/kernel';
import {
  type ClientAnswer,
  type ClientInvite,
  type ClientInviteEnd,
  DigestServer,
  ha1,
  NameAddr,
  type RegisteredContact,
  Registrar,
  type SipRequest,
  SipResponse,
  SipUri,
  UserAgent,
  type UserAgentOptions,
} from '@groupcall/sip';

const REALM = 'local';

/** An outgoing call of the switchboard's, as promises. */
export interface PbxCall {
  readonly invite: ClientInvite;
  /** Statuses of the provisional responses so far. */
  readonly provisional: number[];
  readonly ringing: Promise<number>;
  readonly answered: Promise<ClientAnswer>;
  readonly ended: Promise<ClientInviteEnd>;
}

/** A small switchboard on real sockets for the phones under test: digest, registrar, and calls to who is registered. */
export class Pbx {
  readonly userAgent: UserAgent;
  readonly registrar: Registrar;
  readonly #digest: DigestServer;
  readonly #protocol: 'udp' | 'tcp';
  readonly #passwords: Readonly<Record<string, string>>;
  /** Each REGISTER that came. */
  readonly registers: SipRequest[] = [];

  constructor(
    protocol: 'udp' | 'tcp' = 'udp',
    passwords: Readonly<Record<string, string>> = { alice: 'secret', bob: 'secret' },
    options: Partial<UserAgentOptions> = {},
  ) {
    const common = { clock: new SystemClock(), ids: new CryptoIdSource(), logger: silentLogger };
    this.#protocol = protocol;
    this.#passwords = passwords;
    this.registrar = new Registrar(common);
    this.#digest = new DigestServer(common);
    this.userAgent = new UserAgent({
      ...common,
      network: new NodeNetwork(),
      listen: [{ protocol, address: '127.0.0.1', port: 0 }],
      userAgent: 'pbx',
      ...options,
    });
    this.userAgent.handle('REGISTER', (transaction, request) => {
      this.registers.push(request);
      void this.#digest
        .verify(request, 'REGISTER', (username) => this.#lookup(username), { realm: REALM })
        .then((verdict) => {
          if (verdict.ok) {
            this.registrar.register(transaction, verdict.username);
            return;
          }
          const headers = this.#digest
            .challenge(REALM, verdict)
            .map((line): [string, string] => ['WWW-Authenticate', line]);
          transaction.respond(SipResponse.replyTo(request, 401, undefined, { toTag: 'pbx', headers }));
        });
    });
  }

  get address(): { readonly address: string; readonly port: number } {
    const [listener] = this.userAgent.listeners;
    if (listener === undefined) throw new Error('the switchboard is not started');
    return { address: listener.address, port: listener.port };
  }

  start(): Promise<void> {
    return this.userAgent.start();
  }

  async close(): Promise<void> {
    this.registrar.close();
    await this.userAgent.close();
  }

  /** Where a user is registered. */
  contact(user: string): RegisteredContact {
    const [contact] = this.registrar.contacts(user);
    if (contact === undefined) throw new Error(`${user} is not registered`);
    return contact;
  }

  /** Calls a registered user. */
  call(user: string, body: string | undefined): PbxCall {
    const contact = this.contact(user);
    const ringing = Promise.withResolvers<number>();
    const answered = Promise.withResolvers<ClientAnswer>();
    const ended = Promise.withResolvers<ClientInviteEnd>();
    const provisional: number[] = [];
    const invite = this.userAgent.invite(
      {
        target: contact.target ?? {
          protocol: this.#protocol,
          address: contact.uri.host,
          port: contact.uri.port ?? 5060,
        },
        uri: contact.uri,
        from: NameAddr.parse('<sip:caller@local>'),
        to: NameAddr.of({ uri: SipUri.of({ scheme: 'sip', user, host: REALM }) }),
        ...(body === undefined ? {} : { body, contentType: 'application/sdp' }),
      },
      {
        onProvisional: ({ status }) => {
          provisional.push(status);
          ringing.resolve(status);
        },
        onAnswer: answered.resolve,
        onEnd: ended.resolve,
      },
    );
    return { invite, provisional, ringing: ringing.promise, answered: answered.promise, ended: ended.promise };
  }

  #lookup(username: string): Promise<{ md5: string; sha256: string } | undefined> {
    const password = this.#passwords[username];
    if (password === undefined) return Promise.resolve(undefined);
    return Promise.resolve({
      md5: ha1(username, REALM, password, 'MD5'),
      sha256: ha1(username, REALM, password, 'SHA-256'),
    });
  }
}
