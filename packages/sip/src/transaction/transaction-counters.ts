/** What was counted since the start. */
export interface TransactionCounters {
  clientTransactions: number;
  serverTransactions: number;
  /** Requests that came again. */
  retransmissions: number;
  /** Refused with 482: the same request by two ways. */
  merged: number;
  /** Refused with 503, or not sent: a table was full. */
  refusedWhenFull: number;
  strayResponses: number;
  /** What came or was asked for when it meant nothing: a second final response, an ACK before the first, … */
  ignored: number;
  userErrors: number;
}

export function zeroCounters(): TransactionCounters {
  return {
    clientTransactions: 0,
    serverTransactions: 0,
    retransmissions: 0,
    merged: 0,
    refusedWhenFull: 0,
    strayResponses: 0,
    ignored: 0,
    userErrors: 0,
  };
}
