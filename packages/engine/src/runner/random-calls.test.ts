import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EngineHarness,
  type PhoneScript,
  type ScriptedCaller,
  SeededRandom,
  testAddress,
  testAgent,
  testCustomerId,
  testGroup,
  testTrunk,
  testUuid,
} from '@groupcall/testkit';
import type { Destination } from '../records/address.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';

const SEEDS = 50;

/** More than the longest talk time. */
const LONGEST_CALL_MS = 5 * 3_600_000;

/** One run of random group calls, phones, callers and disk faults; the same for the same seed. */
class RandomRun {
  readonly harness: EngineHarness;
  readonly #random: SeededRandom;
  readonly #callers: ScriptedCaller[] = [];
  readonly #started: GroupCallRecord[] = [];

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.harness = new EngineHarness({ seed, customer: { allowedPrefixes: ['+1'] } });
    const { directory, signaling } = this.harness;
    for (let n = 0; n < 8; n++) {
      const uris = Array.from({ length: this.#random.integer(0, 3) }, (_, contact) => `sip:ext${n}@10.0.${contact}.1`);
      directory.addPhone(`ext${n}`, uris);
      for (const uri of uris) signaling.script(uri, this.#phone());
      signaling.script(`sip:uri${n}@phone`, this.#phone());
      signaling.script(`+1555010${n}`, this.#phone());
    }
    directory.trunkStore.put(testTrunk({ id: 'one', maxCalls: 2 }));
    directory.trunkStore.put(testTrunk({ id: 'two' }));
    directory.agents.put(testAgent({ addresses: this.#destinations(2), ringMethod: this.#method() }));
    directory.groups.put(testGroup({ destinations: this.#destinations(3), ringMethod: this.#method() }));
    directory.numbers.put({ ...testGroup(), number: '+15550100', groupId: testGroup().id });
  }

  /** Does something at random, then lets some time go by. */
  async step(): Promise<void> {
    const { engine, signaling, store } = this.harness;
    switch (this.#random.integer(0, 7)) {
      case 0:
      case 1:
        await this.#start();
        break;
      case 2: {
        const caller = signaling.incoming({ dialled: this.#random.pick(['+15550100', 'ext1', '+15550107', 'nobody']) });
        this.#callers.push(caller);
        engine.incoming(caller.call);
        break;
      }
      case 3:
        if (this.#callers.length > 0) this.#leave(this.#random.pick(this.#callers));
        break;
      case 4:
        await this.#endOne();
        break;
      case 5:
        for (const leg of signaling.legs) if (this.#random.chance(0.3)) leg.hangUp();
        break;
      case 6:
        store.hold();
        break;
      case 7:
        store.release();
        break;
    }
    await this.harness.advance(this.#random.pick([0, 0, 1, 5, 100, 3000]));
  }

  #leave(caller: ScriptedCaller): void {
    if (this.#random.chance(0.5)) caller.cancel();
    else caller.hangUp();
  }

  #phone(): PhoneScript {
    const random = this.#random;
    return {
      ...(random.chance(0.7) ? { ringAfterMs: random.integer(0, 50) } : {}),
      ...(random.chance(0.4) ? { answerAfterMs: random.pick([0, 1, 50, 100, 4000]) } : {}),
      ...(random.chance(0.3)
        ? { refuse: { afterMs: random.pick([0, 60, 2000]), sipCode: random.pick([486, 480, 404, 503, 603]) } }
        : {}),
      ...(random.chance(0.2)
        ? { redirect: { afterMs: 70, to: ['sip:uri1@phone', 'sip:ext2@test', 'sip:uri2@phone'] } }
        : {}),
      byeMs: random.pick([0, 1, 20, 500, Infinity]),
    };
  }

  #method() {
    return this.#random.pick(['ring_all', 'linear'] as const);
  }

  #destinations(most: number): readonly Destination[] {
    return Array.from({ length: this.#random.integer(1, most) }, () => {
      const n = this.#random.integer(0, 7);
      const address = this.#random.pick([
        testAddress({ type: 'extension', target: `ext${n}` }),
        testAddress({ type: 'sip', target: `sip:uri${n}@phone` }),
        testAddress({ type: 'tel', target: `+1555010${n}` }),
      ]);
      return { ...address, ringTimeoutMs: this.#random.pick([500, 5000]), delayMs: this.#random.pick([0, 0, 300]) };
    });
  }

  async #start(): Promise<void> {
    const nested = [
      testAddress({ type: 'agent', target: testUuid(0xa9, 1) }),
      testAddress({ type: 'groupcall', target: testGroup().id }),
    ];
    const { engine, store } = this.harness;
    store.release();
    const command = {
      customerId: testCustomerId(),
      source: testAddress({ type: 'tel', target: '+15550199' }),
      destinations: [...this.#destinations(4), ...nested.filter(() => this.#random.chance(0.3))],
      options: { redirects: this.#random.pick(['ignore', 'follow'] as const), talkTimeoutMs: 60_000 },
      ...(this.#random.chance(0.3) ? { actions: [] } : {}),
    };
    if (this.#random.chance(0.8))
      this.#started.push(await engine.startGroupCall({ ...command, ringMethod: this.#method() }));
    else this.#started.push(...(await engine.startCalls(command)).groupCalls);
  }

  async #endOne(): Promise<void> {
    const { engine, store } = this.harness;
    if (this.#started.length === 0) return;
    store.release();
    const { id, customerId, callIds } = this.#random.pick(this.#started);
    const [call] = callIds;
    if (this.#random.chance(0.3) && call !== undefined) await engine.hangUpCall(customerId, call);
    else if (this.#random.chance(0.5)) await engine.hangUpGroupCall(customerId, id);
    else await engine.deleteGroupCall(customerId, id);
  }
}

test('rules 8, 12, 14, 15, 21: whatever happens, every phone MUST be let go and every record end once', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = new RandomRun(seed);
    for (let step = 0; step < 40; step++) await run.step();
    run.harness.store.release();
    await run.harness.advanceToRest(LONGEST_CALL_MS);
    assertOver(run.harness, seed);
  }
});

test('a disk that fails at any moment MUST leave no phone ringing and no timer behind', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = new RandomRun(seed);
    const failAt = new SeededRandom(seed).integer(2, 20);
    for (let step = 0; step < failAt; step++) await run.step();
    run.harness.store.failCommits(new Error('disk full'));
    run.harness.store.release();
    await run.harness.advance(5);
    if (seed % 2 === 0) run.harness.store.failCommits(undefined);
    await run.harness.advanceToRest(LONGEST_CALL_MS);
    assertLetGo(run.harness, seed);
  }
});

/** Nothing rings or talks any more, as far as the phones would answer. */
function assertLetGo({ clock, engine, signaling }: EngineHarness, seed: number): void {
  const where = `seed ${seed}`;
  assert.equal(clock.pending, 0, where);
  assert.deepEqual(engine.live, { groupCalls: 0, legs: 0 }, where);
  assert.equal(engine.counters.faults, 0, where);
  for (const leg of signaling.legs) {
    assert.ok(
      leg.ended || leg.cancelled !== undefined || leg.released !== undefined,
      `${where}: ${leg.target} is forgotten`,
    );
  }
}

function assertOver(harness: EngineHarness, seed: number): void {
  assertLetGo(harness, seed);
  const where = `seed ${seed}`;
  const { store } = harness;
  for (const groupCall of store.allGroupCalls()) {
    assert.equal(groupCall.status, 'hangup', where);
    assert.deepEqual([groupCall.callCount, groupCall.groupcallCount], [0, 0], where);
    const types = store.events.flatMap(({ type, subject }) =>
      'legs' in subject && subject.id === groupCall.id ? [type] : [],
    );
    assert.equal(types[0], 'groupcall_created', where);
    assert.equal(types.filter((type) => type === 'groupcall_hangup').length, 1, where);
    if (types.includes('groupcall_deleted')) assert.equal(types.at(-1), 'groupcall_deleted', where);
  }
  for (const call of store.allCalls()) {
    assert.equal(call.status, 'hangup', where);
    assert.notEqual(call.hangupReason, '', where);
    const types = store.events.flatMap(({ type, subject }) =>
      'direction' in subject && subject.id === call.id ? [type] : [],
    );
    assert.deepEqual([types[0], types.at(-1)], ['call_created', 'call_hangup'], where);
  }
}
