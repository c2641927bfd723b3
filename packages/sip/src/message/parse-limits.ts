/** How large a message may be. */
export interface ParseLimits {
  /** Bytes of a whole message. */
  readonly maxMessageBytes: number;
  /** Header lines. */
  readonly maxHeaders: number;
  /** Bytes of a line, with those it is folded over. */
  readonly maxLineBytes: number;
}

/** 64 KiB a message, 128 header lines, 8 KiB a line. */
export const DEFAULT_PARSE_LIMITS: ParseLimits = { maxMessageBytes: 65536, maxHeaders: 128, maxLineBytes: 8192 };
