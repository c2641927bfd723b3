import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { suite, test } from 'node:test';
import type { Change } from '@groupcall/engine';
import { FakeClock, testGroupCall, testGroupCallId } from '@groupcall/testkit';
import { StoreError } from '../store-error.ts';
import { CommitQueue } from './commit-queue.ts';

/** A writer whose writes end when the test says so. */
class HeldWriter {
  readonly batches: (readonly Change[])[] = [];
  #settle: { resolve: () => void; reject: (error: Error) => void }[] = [];

  readonly write = (changes: readonly Change[]): Promise<void> => {
    this.batches.push(changes);
    return new Promise((resolve, reject) => {
      this.#settle.push({ resolve, reject });
    });
  };

  get sizes(): readonly number[] {
    return this.batches.map(({ length }) => length);
  }

  /** Ends the oldest write that is under way, and lets what follows from it happen. */
  async settle(error?: Error): Promise<void> {
    const oldest = this.#settle.shift();
    assert.ok(oldest, 'no write is under way');
    if (error === undefined) oldest.resolve();
    else oldest.reject(error);
    await turn();
    await turn();
  }
}

function setUp(limits: Partial<{ batchRows: number; waitingRows: number }> = {}) {
  const writer = new HeldWriter();
  const clock = new FakeClock();
  const queue = new CommitQueue({
    clock,
    limits: { batchRows: 100, waitingRows: 1000, ...limits },
    write: writer.write,
  });
  return { writer, clock, queue };
}

function change(n = 1): Change {
  return { groupCalls: [testGroupCall({ id: testGroupCallId(n) })], calls: [], events: [] };
}

const disk = new StoreError('STORE_IO', 'the disk is gone');

suite('CommitQueue', () => {
  test('MUST write all changes of one turn of the event loop together', async () => {
    const { writer, queue } = setUp();
    const commits = [1, 2, 3].map((n) => queue.commit(change(n)));
    await turn();
    assert.deepEqual(writer.sizes, [3]);
    await writer.settle();
    await Promise.all(commits);
  });

  test('MUST gather what comes while a write is under way, and never have two under way', async () => {
    const { writer, queue } = setUp();
    const order: number[] = [];
    const commits = [queue.commit(change()).then(() => order.push(1))];
    await turn();
    for (const n of [2, 3]) {
      commits.push(queue.commit(change(n)).then(() => order.push(n)));
      await turn();
    }
    assert.deepEqual(writer.sizes, [1]);
    assert.deepEqual(order, []);
    await writer.settle();
    assert.deepEqual(order, [1]);
    assert.deepEqual(writer.sizes, [1, 2]);
    await writer.settle();
    assert.deepEqual(order, [1, 2, 3]);
    await Promise.all(commits);
  });

  test('MUST NOT put more rows into a transaction than allowed, nor tear a change apart', async () => {
    const { writer, queue } = setUp({ batchRows: 3 });
    const large: Change = {
      ...change(),
      groupCalls: [1, 2, 3, 4, 5].map((n) => testGroupCall({ id: testGroupCallId(n) })),
    };
    const commits = [change(), change(), large, change(), change(), change(), change()].map((one) => queue.commit(one));
    await turn();
    for (let writes = 0; writes < 4; writes++) await writer.settle();
    assert.deepEqual(writer.sizes, [2, 1, 3, 1]);
    await Promise.all(commits);
  });

  test('MUST reject every change of a transaction that failed, and go on with the next', async () => {
    const { writer, queue } = setUp();
    const failing = Promise.allSettled([queue.commit(change(1)), queue.commit(change(2))]);
    await turn();
    const later = queue.commit(change(3));
    await writer.settle(disk);
    assert.deepEqual(
      (await failing).map((result) => result.status === 'rejected' && (result.reason as unknown)),
      [disk, disk],
    );
    await writer.settle();
    await later;
  });

  test('MUST make a StoreError of whatever the writer rejects with', async () => {
    const { writer, queue } = setUp();
    const rejected = assert.rejects(queue.commit(change()), { name: 'StoreError', code: 'STORE_IO', message: /odd/ });
    await turn();
    await writer.settle(new Error('odd'));
    await rejected;
  });

  test('MUST NOT let a change that can not be stored take others with it', async () => {
    const { writer, queue } = setUp();
    const results = Promise.allSettled([1, 2, 3].map((n) => queue.commit(change(n))));
    await turn();
    const last = queue.commit(change(4));
    const wrong = new StoreError('STORE_DATA', 'wrong');
    await writer.settle(wrong);
    await writer.settle();
    await writer.settle(wrong);
    await writer.settle();
    await writer.settle();
    assert.deepEqual(
      (await results).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await last;
    assert.deepEqual(writer.sizes, [3, 1, 1, 1, 1]);
  });

  test('MUST refuse what is more than may wait, and take changes again when there is room', async () => {
    const { writer, queue } = setUp({ waitingRows: 2 });
    const first = [queue.commit(change(1)), queue.commit(change(2))];
    await assert.rejects(queue.commit(change(3)), { code: 'STORE_OVERLOADED' });
    await turn();
    const second = queue.commit(change(4));
    await writer.settle();
    await writer.settle();
    await Promise.all([...first, second]);
    assert.deepEqual(writer.sizes, [2, 1]);
  });

  test('MUST tell when all that was given has been handed over', async () => {
    const { writer, queue } = setUp({ batchRows: 1 });
    assert.equal(queue.handedOver(), undefined);
    const commits = [queue.commit(change(1)), queue.commit(change(2))];
    let passed = false;
    const barrier = queue.handedOver()?.then(() => {
      passed = true;
    });
    await turn();
    assert.equal(passed, false);
    await writer.settle();
    assert.equal(passed, true);
    assert.equal(queue.handedOver(), undefined);
    await writer.settle();
    await Promise.all([...commits, barrier]);
  });

  test('MUST write what waits before it is closed, and refuse what comes after', async () => {
    const { writer, queue } = setUp({ batchRows: 1 });
    const commits = [queue.commit(change(1)), queue.commit(change(2))];
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await assert.rejects(queue.commit(change(3)), { code: 'STORE_CLOSED' });
    await turn();
    await writer.settle();
    assert.equal(closed, false);
    await writer.settle();
    await Promise.all([...commits, closing, queue.close()]);
    assert.deepEqual(writer.sizes, [1, 1]);
  });

  test('MUST be closed at once when nothing waits', async () => {
    await setUp().queue.close();
  });

  test('MUST tell since when a write has been under way', async () => {
    const { writer, clock, queue } = setUp();
    assert.equal(queue.writingSince, undefined);
    const commit = queue.commit(change());
    await turn();
    const started = clock.now();
    clock.advance(7000);
    assert.equal(queue.writingSince, started);
    await writer.settle();
    assert.equal(queue.writingSince, undefined);
    await commit;
  });
});
