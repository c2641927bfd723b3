import { groupCallNotFound } from '../errors.ts';
import type { GroupCallRecord } from '../records/group-call-record.ts';
import type { StartGroupCall } from '../validation/start-command.ts';
import { validateStartGroupCall } from '../validation/validate-start.ts';
import { allDurable, begin } from './begin.ts';
import type { UseCaseContext } from './context.ts';

/** Rings a group of destinations. Resolves with the record once it is durable; then the phones ring (rule 1). */
export function createStartGroupCall(context: UseCaseContext) {
  return async function startGroupCall(command: StartGroupCall): Promise<GroupCallRecord> {
    const request = await validateStartGroupCall(command, context.directory);
    const plan = await context.planner.plan(request);
    const begun = begin(context, request.customer, [plan]);
    await allDurable(begun);
    const record = begun[0]?.groupCallRecord(plan.root.id);
    if (record === undefined) throw groupCallNotFound(plan.root.id);
    return record;
  };
}
