import { Agent, AgentInput, AgentUpdate } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';
import { checkDestinations, readRingMethod } from '@groupcall/engine';
import { requireCustomer, type ResourceKind, type RestContext } from '../resource-routes.ts';
import { addressView, readAddress } from '../views/address-view.ts';
import { resourceView } from '../views/resource-view.ts';

/** `agents`: persons with several addresses. */
export function agentKind(
  store: engine.ResourceStore<engine.Agent>,
  { customers, directory }: RestContext,
): ResourceKind<engine.Agent, typeof AgentInput, typeof AgentUpdate> {
  const checked = async (customerId: engine.CustomerId, addresses: readonly engine.Address[]) => {
    await checkDestinations('addresses', addresses, await requireCustomer(customers, customerId), directory);
    return addresses;
  };
  return {
    path: 'agents',
    noun: 'agent',
    input: AgentInput,
    update: AgentUpdate,
    view: Agent,
    store,
    create: async (base, input) => ({
      item: {
        ...base,
        addresses: await checked(base.customerId, input.addresses.map(readAddress)),
        ringMethod: readRingMethod(input.ring_method),
      },
    }),
    change: async (item, { addresses, ring_method: ringMethod }) => ({
      ...item,
      ringMethod: ringMethod === undefined ? item.ringMethod : readRingMethod(ringMethod),
      addresses: addresses === undefined ? item.addresses : await checked(item.customerId, addresses.map(readAddress)),
    }),
    toView: (item) => ({
      ...resourceView(item),
      addresses: item.addresses.map(addressView),
      ring_method: item.ringMethod,
    }),
  };
}
