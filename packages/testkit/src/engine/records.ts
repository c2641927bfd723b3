import type {
  AccessKey,
  Address,
  Agent,
  CallId,
  CallRecord,
  Customer,
  CustomerId,
  DomainEvent,
  Extension,
  Group,
  GroupCallId,
  GroupCallRecord,
  NumberRoute,
  Trunk,
} from '@groupcall/engine';
import { DEFAULT_GROUP_CALL_OPTIONS } from '@groupcall/engine';
import { FAKE_EPOCH_MS } from '../fake-clock.ts';

/** The n-th id of a series: readable in a failure, and in ascending order like its number. */
export function testUuid(series: number, n: number): string {
  return `${series.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

export const testCustomerId = (n = 1): CustomerId => testUuid(0xc0, n) as CustomerId;
export const testGroupCallId = (n = 1): GroupCallId => testUuid(0x60, n) as GroupCallId;
export const testCallId = (n = 1): CallId => testUuid(0xca, n) as CallId;

/** An address with every member. */
export function testAddress(members: Partial<Address> & Pick<Address, 'type' | 'target'>): Address {
  return { targetName: '', name: '', detail: '', ...members };
}

/** A root group call that rings one endpoint. */
export function testGroupCall(members: Partial<GroupCallRecord> = {}): GroupCallRecord {
  const id = members.id ?? testGroupCallId();
  return {
    id,
    customerId: testCustomerId(),
    rootId: id,
    ownerType: '',
    source: testAddress({ type: 'tel', target: '+821028286521' }),
    destinations: [testAddress({ type: 'endpoint', target: 'test11@test' })],
    ringMethod: 'ring_all',
    answerMethod: 'hangup_others',
    status: 'progressing',
    callIds: [],
    groupcallIds: [],
    callCount: 0,
    groupcallCount: 0,
    dialIndex: 0,
    hangupReason: '',
    legs: [],
    tmCreate: FAKE_EPOCH_MS,
    ...members,
  };
}

/** An outgoing call that has just begun. */
export function testCall(members: Partial<CallRecord> = {}): CallRecord {
  return {
    id: testCallId(),
    customerId: testCustomerId(),
    rootId: testGroupCallId(),
    type: 'sip',
    direction: 'outgoing',
    source: testAddress({ type: 'tel', target: '+821028286521' }),
    destination: testAddress({ type: 'endpoint', target: 'test11@test' }),
    status: 'dialing',
    action: '',
    hangupBy: '',
    hangupReason: '',
    sipCode: 0,
    why: '',
    sipCallId: '',
    tmCreate: FAKE_EPOCH_MS,
    ...members,
  };
}

/** An event about a group call. */
export function testGroupCallEvent(n: number, subject: GroupCallRecord): DomainEvent {
  return {
    id: testUuid(0xee, n),
    type: 'groupcall_created',
    tm: FAKE_EPOCH_MS + n,
    customerId: subject.customerId,
    subject,
  };
}

const named = { name: '', detail: '', tmCreate: FAKE_EPOCH_MS };

export function testCustomer(members: Partial<Customer> = {}): Customer {
  const id = members.customerId ?? testCustomerId();
  return {
    ...named,
    id,
    customerId: id,
    domain: 'test',
    status: 'active',
    maxLegs: 1000,
    maxGroupcalls: 1000,
    cps: 1000,
    allowedPrefixes: [],
    ...members,
  };
}

export function testExtension(members: Partial<Extension> & Pick<Extension, 'extension'>): Extension {
  return {
    ...named,
    id: testUuid(
      0xe8,
      Buffer.from(members.extension).reduce((sum, byte) => (sum * 31 + byte) % 2 ** 40, 0),
    ),
    customerId: testCustomerId(),
    domain: 'test',
    username: members.extension,
    ha1Md5: 'f0'.repeat(16),
    ha1Sha256: 'f0'.repeat(32),
    ...members,
  };
}

export function testAgent(members: Partial<Agent> = {}): Agent {
  return {
    ...named,
    id: testUuid(0xa9, 1),
    customerId: testCustomerId(),
    addresses: [],
    ringMethod: 'ring_all',
    ...members,
  };
}

export function testGroup(members: Partial<Group> = {}): Group {
  return {
    ...named,
    id: testUuid(0x97, 1),
    customerId: testCustomerId(),
    destinations: [],
    ringMethod: 'ring_all',
    answerMethod: 'hangup_others',
    options: DEFAULT_GROUP_CALL_OPTIONS,
    ...members,
  };
}

export function testNumberRoute(members: Partial<NumberRoute> = {}): NumberRoute {
  return {
    ...named,
    id: testUuid(0x70, 1),
    customerId: testCustomerId(),
    number: '+15550100',
    groupId: testUuid(0x97, 1),
    ...members,
  };
}

export function testTrunk(members: Partial<Trunk> = {}): Trunk {
  return {
    ...named,
    id: testUuid(0x77, 1),
    customerId: testCustomerId(),
    host: '127.0.0.1',
    port: 5060,
    transport: 'udp',
    username: '',
    password: '',
    register: false,
    prefixes: [],
    priority: 0,
    maxCps: 0,
    maxCalls: 0,
    sourceAddresses: [],
    ...members,
  };
}

export function testAccessKey(members: Partial<AccessKey> = {}): AccessKey {
  return {
    ...named,
    id: testUuid(0xac, 1),
    customerId: testCustomerId(),
    role: 'admin',
    tokenHash: 'ab'.repeat(32),
    ...members,
  };
}
