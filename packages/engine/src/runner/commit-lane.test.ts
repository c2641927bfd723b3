import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MemoryCallStore,
  testCall,
  testCallId,
  testGroupCall,
  testGroupCallEvent,
  testGroupCallId,
} from '@groupcall/testkit';
import { CommitLane, type CommitLaneOwner } from './commit-lane.ts';

class Owner implements CommitLaneOwner {
  readonly told: string[] = [];
  dialIndex = 0;

  groupCallRecord() {
    return testGroupCall({ dialIndex: this.dialIndex });
  }

  callRecord(id: ReturnType<typeof testCallId>) {
    return id === testCallId() ? testCall() : undefined;
  }

  onCommitted(batch: number): void {
    this.told.push(`committed ${batch}`);
  }

  onCommitFailed(error: unknown): void {
    this.told.push(`failed ${(error as Error).message}`);
  }
}

function setUp() {
  const store = new MemoryCallStore();
  const owner = new Owner();
  const lane = new CommitLane(store, owner);
  const mark = () => {
    lane.mark({ type: 'persist', groupCalls: [testGroupCallId()], calls: [testCallId(), testCallId(2)] });
  };
  const publish = (n: number) => {
    lane.publish(testGroupCallEvent(n, testGroupCall()));
  };
  return { store, owner, lane, mark, publish };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('MUST write records, events and the batch of one step in one commit', async () => {
  const { store, owner, lane, mark, publish } = setUp();
  mark();
  publish(1);
  lane.prepare(1);
  lane.flush();
  assert.equal(lane.isIdle, false);
  await lane.durable();
  assert.deepEqual(owner.told, ['committed 1']);
  assert.equal(lane.isIdle, true);
  assert.deepEqual([store.commits, store.events.length, store.allCalls().length], [1, 1, 1]);
});

test('MUST gather what changes during a commit, and write the records as they are then', async () => {
  const { store, owner, lane, mark, publish } = setUp();
  store.hold();
  mark();
  publish(1);
  lane.flush();
  for (let n = 2; n < 10; n++) {
    owner.dialIndex = n;
    mark();
    publish(n);
    lane.flush();
  }
  assert.equal(store.waiting, 1);
  store.release();
  await lane.durable();
  lane.flush();
  await turn();
  assert.equal(store.commits, 2);
  assert.equal((await store.groupCall(testGroupCallId()))?.dialIndex, 9);
  assert.deepEqual(
    store.events.map(({ tm }) => tm - testGroupCall().tmCreate),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('durable() MUST resolve at once when there is nothing to write, and without a flush of its own', async () => {
  const { store, lane, mark } = setUp();
  await lane.durable();
  mark();
  await lane.durable();
  assert.equal(store.commits, 1);
});

test('a commit that fails MUST be told, reject who waits, and go with the next one in order', async () => {
  const { store, owner, lane, mark, publish } = setUp();
  store.hold();
  store.failCommits(new Error('disk full'));
  mark();
  publish(1);
  lane.flush();
  const first = assert.rejects(lane.durable(), { message: 'disk full' });
  publish(2);
  const second = assert.rejects(lane.durable(), { message: 'disk full' });
  store.release();
  await Promise.all([first, second]);
  assert.deepEqual(owner.told, ['failed disk full']);
  store.failCommits(undefined);
  lane.flush();
  await lane.durable();
  assert.deepEqual(
    store.events.map(({ tm }) => tm - testGroupCall().tmCreate),
    [1, 2],
  );
  assert.equal(store.allGroupCalls().length, 1);
});

test('what failed MUST NOT be written again until something is new or it is asked for', async () => {
  const { store, owner, lane, mark } = setUp();
  store.failCommits(new Error('disk full'));
  mark();
  lane.flush();
  await turn();
  lane.flush();
  await turn();
  assert.deepEqual(owner.told, ['failed disk full']);
  lane.retry();
  await turn();
  assert.equal(owner.told.length, 2);
  assert.equal(lane.isIdle, false);
});
