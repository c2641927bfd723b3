import type { Customer, Extension } from '@groupcall/engine';
import type { Clock, Logger } from '@groupcall/kernel';
import type { DigestHa1, DigestRefusal, DigestServer, Flow, HeaderLine, SipRequest } from '@groupcall/sip';
import type { AccountLookup } from './lookups.ts';
import type { ServedDomains } from './served-domains.ts';
import { SourceMute, type SourceMuteLimits } from './source-mute.ts';

export interface AccountGateOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly digest: DigestServer;
  readonly accounts: AccountLookup;
  readonly domains: ServedDomains;
  readonly limits?: Partial<SourceMuteLimits>;
}

/** Who sent a request, proven by a digest; or how it is to be refused. */
export type AccountVerdict =
  | { readonly ok: true; readonly customer: Customer; readonly extension: Extension }
  | { readonly ok: false; readonly status: 401 | 403; readonly headers: readonly HeaderLine[] };

/** How many requests were refused since the start, by why. For metrics. */
export interface GateCounters {
  /** Wrong credentials. */
  readonly failed: number;
  /** Requests of a tool that looks for open servers. */
  readonly scanners: number;
  /** Requests of a muted source. */
  readonly muted: number;
}

/** What wrong guesses look like. Anything else is a phone that has to be asked, or asked again. */
const GUESSES: ReadonlySet<DigestRefusal> = new Set([
  'malformed',
  'uri-mismatch',
  'unsupported-algorithm',
  'unsupported-qop',
  'unknown-user',
  'wrong-response',
]);

/** User-Agent headers of tools that look for open servers. None of them is a phone. */
const SCANNERS = ['friendly-scanner', 'sipvicious', 'sip-scan', 'sundayddr', 'pplsip', 'sipptk', 'iwar'];

/** Lets in who can prove to be one of our accounts (RFC 3261 §22), and stops listening to those who keep guessing. */
export class AccountGate {
  readonly #logger: Logger;
  readonly #digest: DigestServer;
  readonly #accounts: AccountLookup;
  readonly #domains: ServedDomains;
  readonly #mute: SourceMute;
  #failed = 0;
  #scanners = 0;
  #muted = 0;

  constructor({ clock, logger, digest, accounts, domains, limits }: AccountGateOptions) {
    this.#logger = logger;
    this.#digest = digest;
    this.#accounts = accounts;
    this.#domains = domains;
    this.#mute = new SourceMute(clock, limits);
  }

  get counters(): GateCounters {
    return { failed: this.#failed, scanners: this.#scanners, muted: this.#muted };
  }

  /**
   * Judges a request.
   * @param hosts whose domain the sender claims to be of, likeliest first. One that is not served is challenged like any
   * other, and nobody passes.
   */
  async check(request: SipRequest, flow: Flow, hosts: readonly string[]): Promise<AccountVerdict> {
    const source = flow.remote.address;
    if (this.#mute.isMuted(source)) {
      this.#muted += 1;
      return FORBIDDEN;
    }
    if (isScanner(request.header('User-Agent') ?? '')) {
      this.#scanners += 1;
      this.#note(source, this.#mute.certain, 'scanner');
      return FORBIDDEN;
    }
    const customer = await this.#domains.customerOf(hosts.filter((host) => host !== ''));
    const realm = customer?.domain ?? hosts[0] ?? '';
    let extension: Extension | undefined;
    const lookup = async (username: string): Promise<DigestHa1 | undefined> => {
      if (customer === undefined) return undefined;
      extension = await this.#accounts.extension(customer.customerId, username);
      return extension === undefined ? undefined : { md5: extension.ha1Md5, sha256: extension.ha1Sha256 };
    };
    const verdict = await this.#digest.verify(request, request.method, lookup, { realm });
    if (verdict.ok && customer !== undefined && extension !== undefined) {
      this.#mute.succeed(source);
      return { ok: true, customer, extension };
    }
    const { stale, reason } = verdict.ok ? { stale: false, reason: 'unknown-user' as const } : verdict;
    if (GUESSES.has(reason)) {
      this.#failed += 1;
      this.#note(source, 1, reason);
    }
    const headers = this.#digest.challenge(realm, { stale }).map((value): HeaderLine => ['WWW-Authenticate', value]);
    return { ok: false, status: 401, headers };
  }

  #note(source: string, weight: number, reason: string): void {
    const isMuted = this.#mute.fail(source, weight);
    this.#logger.info({ source, reason }, isMuted ? 'authentication failed, source muted' : 'authentication failed');
  }
}

const FORBIDDEN: AccountVerdict = { ok: false, status: 403, headers: [] };

function isScanner(userAgent: string): boolean {
  const name = userAgent.toLowerCase();
  return SCANNERS.some((scanner) => name.includes(scanner));
}
