/**
 * A process that commits without end and prints the id of each group call once its commit has been acknowledged:
 * `node crash-writer.ts <database file> <template>`. Tests kill it. Many commits are under way at once, each with a group
 * call, a call and an event for each, made after the template (JSON of a {@link CrashWriterTemplate}).
 */
import type { CallId, CallRecord, Change, CustomerId, GroupCallId, GroupCallRecord } from '@groupcall/engine';
import { CryptoIdSource } from '@groupcall/kernel';
import type { CrashWriterTemplate } from './crash-writer-process.ts';
import { openFile } from './temporary-store.ts';

const UNDER_WAY = 30;

const [path = '', template = ''] = process.argv.slice(2);
const { customerIds, groupCall, call } = JSON.parse(template) as CrashWriterTemplate;
const ids = new CryptoIdSource();
const store = await openFile(path);
await Promise.all(
  Array.from({ length: UNDER_WAY }, (_, index) => commitForEver(customerIds[index % customerIds.length])),
);

async function commitForEver(customerId = groupCall.customerId): Promise<never> {
  for (;;) {
    const id = ids.uuid() as GroupCallId;
    await store.calls.commit(
      changeOf(
        { ...groupCall, id, rootId: id, customerId },
        { ...call, id: ids.uuid() as CallId, rootId: id, groupcallId: id, customerId },
        customerId,
      ),
    );
    process.stdout.write(`${id}\n`);
  }
}

function changeOf(groupCall: GroupCallRecord, call: CallRecord, customerId: CustomerId): Change {
  const event = { tm: groupCall.tmCreate, customerId };
  return {
    groupCalls: [groupCall],
    calls: [call],
    events: [
      { ...event, id: ids.uuid(), type: 'groupcall_created', subject: groupCall },
      { ...event, id: ids.uuid(), type: 'call_created', subject: call },
    ],
  };
}
