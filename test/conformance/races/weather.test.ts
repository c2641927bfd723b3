import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { InviteDialog, ServerInvite, UserAgent } from '@groupcall/sip';
import { CallLog, placeCall, SeededRandom, SipWorld, TEST_ANSWER, type LinkConditions } from '@groupcall/testkit';

/** A link that loses a fifth of what it carries, doubles a tenth, and mixes the order. */
const STORM: LinkConditions = { delayMs: 5, jitterMs: 80, loss: 0.2, duplicates: 0.1 };
/** Nothing is lost, but much comes twice and in another order. */
const HAZE: LinkConditions = { delayMs: 5, jitterMs: 300, duplicates: 0.4 };

const SEEDS_A_WEATHER = 60;
const CALLS_A_SEED = 6;

interface Aftermath {
  readonly world: SipWorld;
  readonly agents: readonly UserAgent[];
  readonly callers: readonly CallLog[];
  readonly callees: readonly CallLog[];
}

/** What the callee does with one INVITE, decided by the seed; some of it at once, some later, some of it never in time. */
function beCalled(world: SipWorld, random: SeededRandom, invite: ServerInvite, log: CallLog): void {
  log.watchInvite(invite);
  const { clock } = world;
  const ringAfter = random.integer(0, 300);
  const decideAfter = ringAfter + random.integer(0, 2_000);
  const talkFor = random.integer(0, 6_000);
  const answers = random.chance(0.7);
  const hangsUp = random.chance(0.5);
  clock.setTimeout(ringAfter, () => {
    invite.ring(random.chance(0.3) ? { status: 183, body: TEST_ANSWER } : {});
  });
  clock.setTimeout(decideAfter, () => {
    if (!answers) {
      invite.reject(random.pick([302, 404, 486, 503, 603]));
      return;
    }
    const dialog = invite.answer({ body: TEST_ANSWER });
    log.watch(dialog);
    acceptReinvites(dialog);
    if (hangsUp) clock.setTimeout(talkFor, () => dialog?.bye());
  });
}

function acceptReinvites(dialog: InviteDialog | undefined): void {
  if (dialog === undefined) return;
  dialog.onReinvite = (reinvite) => {
    reinvite.respond(200, { body: TEST_ANSWER });
  };
}

/** What the caller does: cancels some calls, hangs up those it has, tries a re-INVITE in some. */
function call(world: SipWorld, random: SeededRandom, agent: UserAgent): CallLog {
  const { clock } = world;
  const cancelAfter = random.integer(0, 2_500);
  const talkFor = random.integer(0, 6_000);
  const log = new CallLog();
  const { invite } = placeCall(agent, '192.0.2.2', {}, log);
  log.onAnswered = (answer) => {
    answer.acknowledge();
    acceptReinvites(answer.dialog);
    if (random.chance(0.3)) {
      void answer.dialog.reinvite({ body: TEST_ANSWER }).then((result) => {
        result.acknowledge();
      });
    }
    // Whoever cancelled hangs up at once.
    clock.setTimeout(talkFor, () => {
      answer.dialog.bye();
    });
  };
  if (random.chance(0.4)) {
    clock.setTimeout(cancelAfter, () => {
      invite.cancel();
    });
  }
  return log;
}

async function storm(seed: number, conditions: LinkConditions): Promise<Aftermath> {
  const world = new SipWorld({ seed, conditions });
  const random = new SeededRandom(seed * 7919);
  const alice = await world.agent('192.0.2.1');
  const bob = await world.agent('192.0.2.2');
  const callees: CallLog[] = [];
  bob.onInvite = (invite) => {
    const log = new CallLog();
    callees.push(log);
    beCalled(world, random, invite, log);
  };
  const callers: CallLog[] = [];
  for (let placed = 0; placed < CALLS_A_SEED; placed++) {
    callers.push(call(world, random, alice));
    await world.run(random.integer(0, 200));
  }
  await world.runOut(400_000);
  return { world, agents: [alice, bob], callers, callees };
}

const count = (log: CallLog, pattern: RegExp): number => log.events.filter((event) => pattern.test(event)).length;

for (const [name, conditions] of [
  ['20 % lost, 10 % doubled, reordered', STORM],
  ['40 % doubled, heavily reordered', HAZE],
] as const) {
  suite(`weather: ${name}`, () => {
    for (let seed = 1; seed <= SEEDS_A_WEATHER; seed++) {
      test(`seed ${seed}: every call ends, once, on both sides, and nothing is left`, async () => {
        const { agents, callers, callees, world } = await storm(seed, conditions);
        assert.equal(world.clock.pending, 0);
        for (const agent of agents) {
          assert.equal(agent.dialogs, 0, 'a dialog is left');
          assert.deepEqual(agent.transactions, { clients: 0, servers: 0 }, 'a transaction is left');
          assert.equal(agent.counters.userAgent.userErrors, 0);
          assert.equal(agent.counters.transactions.userErrors, 0);
        }
        for (const log of callers) {
          const story = log.events.join(', ');
          assert.equal(count(log, /^(answer|end) /), 1, story);
          assert.equal(count(log, /^ended /), count(log, /^answer /), story);
        }
        assert.ok(callees.length <= callers.length, 'an INVITE was taken for two');
        for (const log of callees) {
          const story = log.events.join(', ');
          assert.ok(count(log, /^(ended|cancelled)/) <= 1, story);
          if (count(log, /^(ack|no ack)$/) > 0) assert.equal(count(log, /^ended/), 1, story);
        }
      });
    }
  });
}
