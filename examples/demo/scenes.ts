import type { Phone } from './phone.ts';
import type { GroupCall } from './server.ts';
import type { Stage } from './stage.ts';

/** A second of talk is 50 packets each way; this many must have come for it to count as sound. */
const MIN_PACKETS = 25;

const NIL = '00000000-0000-0000-0000-000000000000';

/** How long somebody listens to it ring before picking up, in ms. */
const PICK_UP_AFTER_MS = 400;

const extension = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'extension',
  target: name,
  ...more,
});

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until this phone has both sent and received about a second of audio. */
async function talked(phone: Phone): Promise<boolean> {
  await phone.until('rtp');
  const rtp = phone.last('rtp');
  return Number(rtp?.['sent']) >= MIN_PACKETS && Number(rtp?.['received']) >= MIN_PACKETS;
}

/** Everybody rings at once, one answers. */
export async function ringAll(stage: Stage): Promise<void> {
  stage.scene('ring_all: alice, bob and carol ring at once, bob picks up');
  const created = await stage.server.call<GroupCall>('POST', '/groupcalls', {
    source: { type: 'tel', target: '+821028286521', name: 'Demo' },
    destinations: ['alice', 'bob', 'carol'].map((name) => extension(name)),
    ring_method: 'ring_all',
    answer_method: 'hangup_others',
  });
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => stage.phone(name)) as [Phone, Phone, Phone];
  await Promise.all([alice, bob, carol].map((phone) => phone.until('ringing')));
  stage.check('all three phones ring', true);
  await later(PICK_UP_AFTER_MS);
  bob.tell({ command: 'answer' });
  await bob.until('talking');
  const losers = await Promise.all([alice, carol].map((phone) => phone.until('ended')));
  stage.check(
    'the others were told "Call completed elsewhere" and show no missed call',
    losers.every(({ reason, missedCalls }) => reason === 'answered elsewhere' && missedCalls === 0),
  );
  const talking = await stage.record(created.id, ({ call_count }) => call_count === 1);
  stage.check('exactly one won: bob', talking.answer_call_id === talking.call_ids[1] && talking.call_count === 1);
  stage.check('bob and the server send each other sound', await talked(bob));
  await stage.server.call('POST', `/groupcalls/${created.id}/hangup`);
  await bob.until('ended');
  const ended = await stage.record(created.id, ({ status }) => status === 'hangup');
  stage.show(ended);
  stage.check('the record is final', ended.status === 'hangup');
}

/** One after the other: busy, no answer, answer. */
export async function linear(stage: Stage): Promise<void> {
  stage.scene('linear: alice is busy, bob does not answer, carol is third in line');
  const created = await stage.server.call<GroupCall>('POST', '/groupcalls', {
    source: { type: 'tel', target: '+821028286521', name: 'Demo' },
    destinations: [extension('alice'), extension('bob', { ring_timeout_ms: 1_500 }), extension('carol')],
    ring_method: 'linear',
  });
  const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => stage.phone(name)) as [Phone, Phone, Phone];
  await alice.until('ringing');
  alice.tell({ command: 'decline', status: 486 });
  await bob.until('ringing');
  stage.check('bob rings only after alice was busy', carol.last('ringing') === undefined);
  await carol.until('ringing');
  stage.check('carol rings only after bob did not answer', bob.last('cancelled') !== undefined);
  await later(PICK_UP_AFTER_MS);
  carol.tell({ command: 'answer' });
  await carol.until('talking');
  stage.check('carol and the server send each other sound', await talked(carol));
  carol.tell({ command: 'hangup' });
  const ended = await stage.record(created.id, ({ status }) => status === 'hangup');
  stage.show(ended);
  const reasons = ended.legs.map(({ hangup_reason }) => hangup_reason).join(', ');
  stage.check('the record says busy, noanswer, normal', reasons === 'busy, noanswer, normal');
  stage.check('exactly one won: carol', ended.answer_call_id === ended.call_ids[2]);
}

/** A phone calls in and is connected to the first of the group that answers. */
export async function incoming(stage: Stage): Promise<void> {
  stage.scene('incoming: dave calls "support", a group of alice, bob and carol; alice picks up');
  const group = await stage.server.call<{ id: string }>('POST', '/groups', {
    name: 'support',
    destinations: ['alice', 'bob', 'carol'].map((name) => extension(name)),
    ring_method: 'ring_all',
  });
  await stage.server.call('POST', '/numbers', { number: 'support', group_id: group.id });
  const [alice, dave] = ['alice', 'dave'].map((name) => stage.phone(name)) as [Phone, Phone];
  dave.tell({ command: 'call', to: 'support' });
  await alice.until('ringing');
  await later(PICK_UP_AFTER_MS);
  alice.tell({ command: 'answer' });
  await Promise.all([alice.until('talking'), dave.until('talking')]);
  const heard = await Promise.all([talked(alice), talked(dave)]);
  stage.check('sound goes both ways between dave and alice', heard.every(Boolean));
  dave.tell({ command: 'hangup' });
  await Promise.all([alice.until('ended'), dave.until('ended')]);
  const { result } = await stage.server.call<{ result: GroupCall[] }>('GET', '/groupcalls?page_size=1');
  const ended = await stage.record(result[0]?.id ?? NIL, ({ status }) => status === 'hangup');
  stage.show(ended);
  stage.check('exactly one won: alice', ended.answer_call_id === ended.call_ids[0]);
  console.log(`\nThe whole record of the last one:\n${JSON.stringify(ended, undefined, 2)}`);
}
