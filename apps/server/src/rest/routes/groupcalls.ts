import { Groupcall, GroupcallInput, listOf } from '@groupcall/contract';
import type { CustomerId, GroupCallEngine, GroupCallId, GroupCallRecord } from '@groupcall/engine';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { customerFor } from '../access.ts';
import { readListQuery } from '../list-query.ts';
import { idOf, IdParams, type RestContext } from '../resource-routes.ts';
import { readAddress, readDestination } from '../views/address-view.ts';
import { groupCallView } from '../views/group-call-view.ts';
import { readOptions } from '../views/options-view.ts';

/** `groupcalls`: ring, look, hang up, delete. */
export function groupcallRoutes(app: FastifyInstance, engine: GroupCallEngine, { customers }: RestContext): void {
  const one = { params: IdParams, response: { 200: Groupcall } };
  const act = async (
    request: FastifyRequest,
    action: (customerId: CustomerId, id: GroupCallId) => Promise<GroupCallRecord>,
  ): Promise<Groupcall> => {
    const customerId = await customerFor(request, customers);
    return groupCallView(await action(customerId, idOf(request) as GroupCallId));
  };

  app.post('/groupcalls', { schema: { body: GroupcallInput, response: { 200: Groupcall } } }, async (request) => {
    const input = request.body as GroupcallInput;
    const record = await engine.startGroupCall({
      customerId: await customerFor(request, customers),
      source: readAddress(input.source),
      destinations: input.destinations.map(readDestination),
      ringMethod: input.ring_method,
      answerMethod: input.answer_method,
      flowId: input.flow_id,
      actions: input.actions,
      options: readOptions(input),
    });
    return groupCallView(record);
  });
  app.get('/groupcalls', { schema: { response: { 200: listOf(Groupcall) } } }, async (request) => {
    const customerId = await customerFor(request, customers);
    const page = await engine.listGroupCalls(readListQuery(request.query as Record<string, unknown>, customerId));
    return { result: page.items.map(groupCallView), next_page_token: page.nextPageToken };
  });
  app.get('/groupcalls/:id', { schema: one }, (request) => act(request, engine.groupCall));
  app.post('/groupcalls/:id/hangup', { schema: one }, (request) => act(request, engine.hangUpGroupCall));
  app.delete('/groupcalls/:id', { schema: one }, (request) => act(request, engine.deleteGroupCall));
}
