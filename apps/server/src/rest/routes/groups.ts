import { Group, GroupInput, GroupUpdate } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';
import {
  checkDestinations,
  completeOptions,
  readAnswerMethod,
  readRingMethod,
  validateSavedGroup,
} from '@groupcall/engine';
import { requireCustomer, type ResourceKind, type RestContext } from '../resource-routes.ts';
import { destinationView, readDestination } from '../views/address-view.ts';
import { optionsView, readOptions } from '../views/options-view.ts';
import { resourceView } from '../views/resource-view.ts';

/** `groups`: saved plans, rung by a number or by an address of type `groupcall`. Checked like a group call that is started. */
export function groupKind(
  store: engine.ResourceStore<engine.Group>,
  { customers, directory }: RestContext,
): ResourceKind<engine.Group, typeof GroupInput, typeof GroupUpdate> {
  const checked = async (customerId: engine.CustomerId, destinations: readonly engine.Destination[]) => {
    await checkDestinations('destinations', destinations, await requireCustomer(customers, customerId), directory);
    return destinations;
  };
  return {
    path: 'groups',
    noun: 'group',
    input: GroupInput,
    update: GroupUpdate,
    view: Group,
    store,
    create: async (base, input) => {
      const destinations = input.destinations.map(readDestination);
      const { ring_method: ringMethod, answer_method: answerMethod } = input;
      const plan = { destinations, ringMethod, answerMethod, options: readOptions(input) };
      const customer = await requireCustomer(customers, base.customerId);
      return { item: { ...base, ...(await validateSavedGroup(plan, customer, directory)) } };
    },
    // Only what is sent is checked: that an agent is gone is no reason to refuse another name.
    change: async (item, input) => ({
      ...item,
      ringMethod: readRingMethod(input.ring_method ?? item.ringMethod),
      answerMethod: readAnswerMethod(input.answer_method ?? item.answerMethod),
      options: completeOptions({ ...item.options, ...readOptions(input) }),
      destinations:
        input.destinations === undefined
          ? item.destinations
          : await checked(item.customerId, input.destinations.map(readDestination)),
    }),
    toView: (item) => ({
      ...resourceView(item),
      destinations: item.destinations.map(destinationView),
      ring_method: item.ringMethod,
      answer_method: item.answerMethod,
      ...optionsView(item.options),
    }),
  };
}
