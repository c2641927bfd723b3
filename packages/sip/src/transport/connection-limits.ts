/** Bounds of the connections of one listener. */
export interface ConnectionLimits {
  /** Connections in all, both ways. */
  readonly maxConnections: number;
  /** Connections that were opened from one address. */
  readonly maxConnectionsPerSource: number;
  /** Connections that peers have opened and not said anything on yet. */
  readonly maxHalfOpen: number;
  /** How long to wait for a connection that was asked for, ms. */
  readonly connectTimeoutMs: number;
  /** How long a message may take to come in whole, and a new connection to bring its first, ms. */
  readonly incompleteTimeoutMs: number;
  /** How long a connection may be idle, ms: longer than a registration, or phones would be cut off. */
  readonly idleTimeoutMs: number;
  /** Bytes that may wait for a peer that does not read. */
  readonly maxPendingBytes: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  maxConnections: 20_000,
  maxConnectionsPerSource: 5_000,
  maxHalfOpen: 4_096,
  connectTimeoutMs: 10_000,
  incompleteTimeoutMs: 32_000,
  idleTimeoutMs: 3_900_000,
  maxPendingBytes: 4_194_304,
};
