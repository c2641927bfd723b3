import { TransactionError } from './transaction-error.ts';

/**
 * The values that all timers are made of (RFC 3261 §17.1.1.1, §17.1.2.2), ms:
 *
 *     A  T1, doubled each time     UDP only    an INVITE is sent again
 *     B  64*T1                                 no response to an INVITE
 *     D  32 s                      TCP: 0      retransmissions of a final response to an INVITE are acknowledged
 *     E  T1, doubled up to T2      UDP only    a request other than INVITE is sent again
 *     F  64*T1                                 no final response to a request other than INVITE
 *     G  T1, doubled up to T2      UDP only    a final response to an INVITE is sent again
 *     H  64*T1                                 no ACK to it
 *     I  T4                        TCP: 0      retransmissions of the ACK are absorbed
 *     J  64*T1                     TCP: 0      retransmissions of a request other than INVITE are answered
 *     K  T4                        TCP: 0      retransmissions of its final response are absorbed
 *     L  64*T1                                 RFC 6026: a server that answered 2xx absorbs retransmitted INVITEs
 *     M  64*T1                                 RFC 6026: a client that got a 2xx waits for those of other forks
 */
export interface TimerConfig {
  /** Estimate of a round trip. */
  readonly t1: number;
  /** Longest pause between retransmissions of a non-INVITE request or an INVITE response. */
  readonly t2: number;
  /** Longest time a message stays in the network. */
  readonly t4: number;
  /** How long completed INVITE client transactions over UDP absorb retransmitted finals (timer D): at least 32 s. */
  readonly timerD: number;
  /** How long the user of a server transaction has for a first response to an INVITE before a 100 is sent (§17.2.1). */
  readonly trying: number;
}

export const DEFAULT_TIMERS: TimerConfig = { t1: 500, t2: 4_000, t4: 5_000, timerD: 32_000, trying: 200 };

/**
 * The defaults with what is given instead of them.
 * @throws TransactionError for a value that is not a number above 0.
 */
export function timerConfig(given: Partial<TimerConfig> = {}): TimerConfig {
  const timers = { ...DEFAULT_TIMERS, ...given };
  for (const [name, ms] of Object.entries(timers)) {
    if (Number.isFinite(ms) && ms > 0) continue;
    throw new TransactionError(`the SIP timer ${name} is ${ms} ms`, { help: 'It must be a number above 0.' });
  }
  return timers;
}

/** 64*T1: timers B, F, H, L and M, and J over UDP. */
export function patience({ t1 }: TimerConfig): number {
  return 64 * t1;
}

/**
 * When a request other than INVITE gets a 100 if it has no other answer by then (RFC 4320 §4.1): once the client's timer E
 * has come to T2, so that the 100 stops no retransmission that would have come sooner without it.
 */
export function nonInviteTrying({ t1, t2 }: TimerConfig): number {
  let pause = t1;
  let waited = 0;
  while (pause < t2) {
    waited += pause;
    pause *= 2;
  }
  return waited;
}

/**
 * When the pause between retransmissions of a non-INVITE request has grown to T2: a server that has not answered by then
 * sends 100 (RFC 4320 §4.1).
 */
export function timerEReachesT2({ t1, t2 }: TimerConfig): number {
  let elapsed = 0;
  for (let pause = t1; pause < t2; pause *= 2) elapsed += pause;
  return elapsed;
}
