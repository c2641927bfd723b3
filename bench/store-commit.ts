/**
 * How fast the embedded store commits: `node bench/store-commit.ts [seconds]`.
 *
 * A life of a group call is eight changes: it is created, rings, is answered and ends, and each of its three phones'
 * calls comes and goes beside it. Every record has an event that shares its JSON, so a change is two to four rows. The
 * rows of a group call are about 1.4 KB each. Prints one JSON object a line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type {
  CallId,
  CallRecord,
  Change,
  CustomerId,
  DomainEvent,
  GroupCallId,
  GroupCallRecord,
} from '@groupcall/engine';
import { CryptoIdSource, silentLogger, SystemClock } from '@groupcall/kernel';
import { openStore, type Store } from '@groupcall/store';
import { testAddress, testCall, testGroupCall } from '@groupcall/testkit';

const clock = new SystemClock();
const ids = new CryptoIdSource();
const CUSTOMERS = Array.from({ length: 20 }, () => ids.uuid() as CustomerId);

/** Changes as the engine makes them: new objects each time, three legs a group call. */
class Traffic {
  #changes: Change[] = [];
  #next = 0;

  next(): Change {
    if (this.#next === this.#changes.length) {
      this.#changes = groupCallLife(CUSTOMERS[Math.floor(clock.now()) % CUSTOMERS.length]!);
      this.#next = 0;
    }
    return this.#changes[this.#next++]!;
  }
}

function groupCallLife(customerId: CustomerId): Change[] {
  const id = ids.uuid() as GroupCallId;
  const callIds = [0, 1, 2].map(() => ids.uuid() as CallId);
  const tmCreate = clock.now();
  const destinations = callIds.map((_, index) =>
    testAddress({ type: 'endpoint', target: `phone${index}@example.com` }),
  );
  const groupCall = (status: GroupCallRecord['status'], members: Partial<GroupCallRecord>): GroupCallRecord =>
    testGroupCall({
      id,
      customerId,
      status,
      destinations,
      callIds,
      callCount: callIds.length,
      legs: callIds.map((callId, destination) => ({
        destination,
        callId,
        status: 'ringing',
        hangupBy: '',
        hangupReason: '',
        sipCode: 0,
        reasonSent: '',
        why: '',
        tmDial: tmCreate,
        tmRinging: clock.now(),
      })),
      tmCreate,
      tmUpdate: clock.now(),
      ...members,
    });
  const call = (index: number, status: CallRecord['status']): CallRecord =>
    testCall({
      id: callIds[index]!,
      customerId,
      rootId: id,
      groupcallId: id,
      destination: destinations[index]!,
      status,
      sipCallId: ids.token(24),
      tmCreate,
      tmUpdate: clock.now(),
    });
  const change = (groupCalls: GroupCallRecord[], calls: CallRecord[]): Change => ({
    groupCalls,
    calls,
    events: [
      ...groupCalls.map((subject): DomainEvent => ({ ...eventOf(customerId), type: 'groupcall_ringing', subject })),
      ...calls.map((subject): DomainEvent => ({ ...eventOf(customerId), type: 'call_ringing', subject })),
    ],
  });
  return [
    change([groupCall('progressing', {})], []),
    ...callIds.map((_, index) => change([], [call(index, 'ringing')])),
    change([groupCall('progressing', { answerCallId: callIds[0]! })], [call(0, 'progressing')]),
    change([], [call(1, 'hangup')]),
    change([], [call(2, 'hangup')]),
    change([groupCall('hangup', { callCount: 0 })], [call(0, 'hangup')]),
  ];
}

function eventOf(customerId: CustomerId) {
  return { id: ids.uuid(), tm: clock.now(), customerId };
}

function rowsOf({ groupCalls, calls, events }: Change): number {
  return groupCalls.length + calls.length + events.length;
}

interface Measurement {
  readonly rows: number;
  readonly commits: number;
  readonly latencies: number[];
  /** Changes that were refused because too many waited. */
  readonly refused: number;
}

const tick = () => new Promise<void>((resolve) => clock.setTimeout(1, resolve));

/** Gives changes at an even rate, as many as are due every millisecond. */
async function paced(
  commit: (change: Change) => Promise<void>,
  rowsPerSecond: number,
  ms: number,
): Promise<Measurement> {
  const traffic = new Traffic();
  const latencies: number[] = [];
  const open: Promise<void>[] = [];
  const start = clock.now();
  let rows = 0;
  let refused = 0;
  for (let now = start; now < start + ms; now = clock.now()) {
    const due = ((now - start) / 1000) * rowsPerSecond;
    while (rows < due) {
      const change = traffic.next();
      rows += rowsOf(change);
      const given = performance.now();
      open.push(
        commit(change).then(
          () => {
            latencies.push(performance.now() - given);
          },
          () => {
            refused++;
          },
        ),
      );
    }
    await tick();
  }
  await Promise.all(open);
  return { rows, commits: latencies.length, latencies, refused };
}

/** Always has so many commits under way. */
async function saturating(store: Store, underWay: number, ms: number): Promise<Measurement> {
  const traffic = new Traffic();
  const latencies: number[] = [];
  const start = clock.now();
  let rows = 0;
  const worker = async () => {
    while (clock.now() < start + ms) {
      const change = traffic.next();
      rows += rowsOf(change);
      const given = performance.now();
      await store.calls.commit(change);
      latencies.push(performance.now() - given);
    }
  };
  await Promise.all(Array.from({ length: underWay }, worker));
  return { rows, commits: latencies.length, latencies, refused: 0 };
}

async function measured(name: string, run: () => Promise<Measurement>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const before = process.threadCpuUsage();
  const { rows, commits, latencies, refused } = await run();
  const cpu = process.threadCpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  delay.disable();
  latencies.sort((one, other) => one - other);
  const percentile = (share: number) => round(latencies[Math.floor((latencies.length - 1) * share)] ?? 0);
  console.log(
    JSON.stringify({
      run: name,
      rowsPerSecond: Math.round(rows / seconds),
      commitsPerSecond: Math.round(commits / seconds),
      refused,
      commitMs: { p50: percentile(0.5), p99: percentile(0.99), max: percentile(1) },
      mainThreadCpu: round((cpu.user + cpu.system) / 1e6 / seconds),
      mainThreadMicrosPerRow: round((cpu.user + cpu.system) / Math.max(rows, 1)),
      // The timer that measures it waits 1 ms itself.
      loopDelayMs: { p50: round(delay.percentile(50) / 1e6), p99: round(delay.percentile(99) / 1e6) },
    }),
  );
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const seconds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'groupcall-bench-'));
const store = await openStore(`sqlite:${join(folder, 'bench.db')}`, { clock, logger: silentLogger });
try {
  const commit = (change: Change) => store.calls.commit(change);
  await paced(commit, 5000, 1000);
  await measured('one commit at a time', () => saturating(store, 1, seconds * 1000));
  await measured('1,000 rows/s', () => paced(commit, 1000, seconds * 1000));
  await measured('4,000 rows/s', () => paced(commit, 4000, seconds * 1000));
  await measured('the load itself, no store, 20,000 rows/s', () =>
    paced(() => Promise.resolve(), 20_000, seconds * 1000),
  );
  await measured('20,000 rows/s', () => paced(commit, 20_000, seconds * 1000));
  await measured('as fast as it goes', () => saturating(store, 2000, seconds * 1000));
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
