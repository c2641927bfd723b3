import { NIL_UUID, NumberInput, NumberRoute, NumberUpdate } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';
import { ApiError } from '../api-error.ts';
import type { ResourceKind } from '../resource-routes.ts';
import { resourceView } from '../views/resource-view.ts';

/** `numbers`: what callers dial, and the group it rings. */
export function numberKind(
  store: engine.ResourceStore<engine.NumberRoute>,
  groups: engine.ResourceStore<engine.Group>,
): ResourceKind<engine.NumberRoute, typeof NumberInput, typeof NumberUpdate> {
  const existingGroup = async (customerId: engine.CustomerId, id: string): Promise<string> => {
    const group = await groups.get(customerId, id.toLowerCase());
    if (group === undefined || group.tmDelete !== undefined) {
      const message = 'group_id must be the id of a group of this customer that is not deleted';
      throw new ApiError('INVALID_ARGUMENT', message, { details: [{ member: 'group_id', message }] });
    }
    return group.id;
  };
  return {
    path: 'numbers',
    noun: 'number',
    input: NumberInput,
    update: NumberUpdate,
    view: NumberRoute,
    unique: 'number',
    store,
    create: async (base, { number, group_id }) => ({
      item: { ...base, number, groupId: await existingGroup(base.customerId, group_id) },
    }),
    change: async (item, { group_id }) =>
      group_id === undefined ? item : { ...item, groupId: await existingGroup(item.customerId, group_id) },
    toView: (item) => ({
      ...resourceView(item),
      number: item.number,
      group_id: item.groupId,
      flow_id: NIL_UUID,
    }),
  };
}
