/** How much the transaction layer takes on. */
export interface TransactionLimits {
  /** Requests that may be on their way at once. */
  readonly maxClientTransactions: number;
  /**
   * Requests of peers that may be in work at once; beyond it they get 503. The last eighth is kept for CANCEL and for
   * requests within dialogs, so that calls can be ended when no new one is taken.
   */
  readonly maxServerTransactions: number;
  /** Seconds after which a peer that got 503 may try again. */
  readonly retryAfterS: number;
}

export const DEFAULT_TRANSACTION_LIMITS: TransactionLimits = {
  maxClientTransactions: 200_000,
  maxServerTransactions: 200_000,
  retryAfterS: 5,
};
