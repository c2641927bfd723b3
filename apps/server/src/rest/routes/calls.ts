import { Call, CallsInput, CallsReply, listOf } from '@groupcall/contract';
import type { CallId, CallRecord, CustomerId, GroupCallEngine } from '@groupcall/engine';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { customerFor } from '../access.ts';
import { readListQuery } from '../list-query.ts';
import { idOf, IdParams, type RestContext } from '../resource-routes.ts';
import { readAddress, readDestination } from '../views/address-view.ts';
import { callView } from '../views/call-view.ts';
import { groupCallView } from '../views/group-call-view.ts';
import { readOptions } from '../views/options-view.ts';

/** `calls`: the single calls, with one phone each. */
export function callRoutes(app: FastifyInstance, engine: GroupCallEngine, { customers }: RestContext): void {
  const one = { params: IdParams, response: { 200: Call } };
  const act = async (
    request: FastifyRequest,
    action: (customerId: CustomerId, id: CallId) => Promise<CallRecord>,
  ): Promise<Call> => {
    const customerId = await customerFor(request, customers);
    return callView(await action(customerId, idOf(request) as CallId));
  };

  app.post('/calls', { schema: { body: CallsInput, response: { 200: CallsReply } } }, async (request) => {
    const input = request.body as CallsInput;
    const { calls, groupCalls } = await engine.startCalls({
      customerId: await customerFor(request, customers),
      source: readAddress(input.source),
      destinations: input.destinations.map(readDestination),
      flowId: input.flow_id,
      actions: input.actions,
      options: readOptions(input),
    });
    return { calls: calls.map(callView), groupcalls: groupCalls.map(groupCallView) };
  });
  app.get('/calls', { schema: { response: { 200: listOf(Call) } } }, async (request) => {
    const customerId = await customerFor(request, customers);
    const page = await engine.listCalls(readListQuery(request.query as Record<string, unknown>, customerId));
    return { result: page.items.map(callView), next_page_token: page.nextPageToken };
  });
  app.get('/calls/:id', { schema: one }, (request) => act(request, engine.call));
  app.post('/calls/:id/hangup', { schema: one }, (request) => act(request, engine.hangUpCall));
  app.delete('/calls/:id', { schema: one }, (request) => act(request, engine.deleteCall));
}
