import type { Address, Destination } from '../records/address.ts';
import type { AnswerMethod, RingMethod } from '../records/group-call-record.ts';
import type { GroupCallOptions } from '../records/group-call-options.ts';
import type { CustomerId } from '../records/ids.ts';

/** What every resource of the directory has. Times in ms since the epoch. */
export interface Resource {
  readonly id: string;
  readonly customerId: CustomerId;
  readonly name: string;
  readonly detail: string;
  readonly tmCreate: number;
  readonly tmUpdate?: number;
  readonly tmDelete?: number;
}

/** Who owns everything else. `id` and `customerId` are the same. */
export interface Customer extends Resource {
  /** SIP domain of its endpoints; unique. */
  readonly domain: string;
  /** A suspended customer's keys and phones are refused. */
  readonly status: 'active' | 'suspended';
  /** Legs that may be alive at once. */
  readonly maxLegs: number;
  /** Group calls that may be alive at once. */
  readonly maxGroupcalls: number;
  /** New group calls a second. */
  readonly cps: number;
  /** Prefixes of E.164 numbers that may be rung; empty: none at all. */
  readonly allowedPrefixes: readonly string[];
}

export interface AccessKey extends Resource {
  readonly role: 'admin' | 'read';
  readonly tmExpire?: number;
  /** SHA-256 of the token, hex. The token itself is never stored. */
  readonly tokenHash: string;
}

/** A SIP account that phones register as. */
export interface Extension extends Resource {
  readonly extension: string;
  readonly domain: string;
  /** User name of its digest; the extension's name. */
  readonly username: string;
  /** How long its phones ring, in ms; absent: as the group says. */
  readonly ringTimeoutMs?: number;
  /** HA1 (username:domain:password) by algorithm, hex. */
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

/** A person with several addresses. */
export interface Agent extends Resource {
  readonly addresses: readonly Address[];
  readonly ringMethod: RingMethod;
}

/** A saved plan of a group call. */
export interface Group extends Resource {
  readonly destinations: readonly Destination[];
  readonly ringMethod: RingMethod;
  readonly answerMethod: AnswerMethod;
  readonly options: GroupCallOptions;
}

/** A number or name that callers dial, and the group it rings. */
export interface NumberRoute extends Resource {
  /** E.164 with `+`, or a name. Unique within the customer. */
  readonly number: string;
  readonly groupId: string;
}

/** A way to the telephone network. */
export interface Trunk extends Resource {
  readonly host: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  readonly username: string;
  /** Sent as digest response only; never shown. */
  readonly password: string;
  readonly register: boolean;
  /** Prefixes of E.164 numbers it carries; empty: all. */
  readonly prefixes: readonly string[];
  /** Lower is tried first. */
  readonly priority: number;
  /** New calls a second; 0: no limit. */
  readonly maxCps: number;
  /** Calls at once; 0: no limit. */
  readonly maxCalls: number;
  /** Addresses (`ip` or `ip:port`) whose INVITEs need no digest. */
  readonly sourceAddresses: readonly string[];
}
