import assert from 'node:assert/strict';
import type { DomainEvent, GroupCallEngine } from '@groupcall/engine';
import type { OwnAudio } from '@groupcall/media';
import type { SipSignaling } from '@groupcall/signaling';
import type { UserAgent } from '@groupcall/sip';
import type { MemoryCallStore } from '@groupcall/testkit';
import type { CalledPhone } from './called-phone.ts';

/** Every part that keeps something of a call. */
export interface Keepers {
  readonly engine: GroupCallEngine;
  readonly media: OwnAudio;
  readonly signaling: SipSignaling;
  readonly store: MemoryCallStore;
  readonly userAgent: UserAgent;
  /** Those of the phones. */
  readonly agents: readonly UserAgent[];
  readonly phones: readonly CalledPhone[];
}

/** All is over: every record says so, no table holds anything, and every event was told once. */
export function expectNothingLeft({ agents, engine, media, phones, signaling, store, userAgent }: Keepers): void {
  for (const { status, id } of store.allGroupCalls()) assert.equal(status, 'hangup', `group call ${id} is alive`);
  for (const { status, id } of store.allCalls()) assert.equal(status, 'hangup', `call ${id} is alive`);
  assert.deepEqual(engine.live, { groupCalls: 0, legs: 0 }, 'group calls or legs are left');
  assert.deepEqual(signaling.live, { legs: 0, callers: 0 }, 'calls are left in signaling');
  assert.equal(media.size, 0, 'media sessions are left');
  for (const agent of [userAgent, ...agents]) {
    assert.equal(agent.dialogs, 0, 'dialogs are left');
    for (const [table, size] of Object.entries(agent.transactions)) assert.equal(size, 0, `${table} are left`);
    const { transactions, userAgent: counted } = agent.counters;
    assert.equal(counted.userErrors + transactions.userErrors, 0, 'a handler threw');
  }
  for (const { name, calls } of phones) {
    for (const { isUp, events } of calls) assert.ok(!isUp, `${name} is left in a dead call: ${events.join(', ')}`);
  }
  const { failedCommits, faults } = engine.counters;
  assert.deepEqual({ failedCommits, faults }, { failedCommits: 0, faults: 0 });
  const told = expectEachOnce(store.events);
  for (const { id } of store.allGroupCalls()) assert.ok(told.has(`groupcall_hangup ${id}`), `${id} never ended`);
  for (const { id } of store.allCalls()) assert.ok(told.has(`call_hangup ${id}`), `${id} never ended`);
}

function expectEachOnce(events: readonly DomainEvent[]): ReadonlySet<string> {
  const told = new Set<string>();
  for (const { type, subject } of events) {
    const event = `${type} ${'id' in subject ? subject.id : subject.contact}`;
    assert.ok(!told.has(event), `${event} came twice`);
    told.add(event);
  }
  return told;
}
