import type { Customer, GroupCallEngine, ResourceStore } from '@groupcall/engine';
import type { FastifyInstance } from 'fastify';
import type { Resources } from '../../directory/resources.ts';
import { resourceRoutes, type RestContext } from '../resource-routes.ts';
import { Turns } from '../turns.ts';
import { accesskeyKind } from './accesskeys.ts';
import { agentKind } from './agents.ts';
import { callRoutes } from './calls.ts';
import { customerRoutes } from './customers.ts';
import { contactRoutes, extensionKind, type Phones } from './extensions.ts';
import { groupcallRoutes } from './groupcalls.ts';
import { groupKind } from './groups.ts';
import { numberKind } from './numbers.ts';
import { trunkKind } from './trunks.ts';

export interface ApiOptions extends Omit<RestContext, 'turns'> {
  readonly engine: GroupCallEngine;
  readonly customerStore: ResourceStore<Customer>;
  readonly resources: Resources;
  readonly phones: Phones;
}

/** Every resource of the API. */
export function apiRoutes(options: ApiOptions): (app: FastifyInstance) => void {
  const { engine, customerStore, resources, phones, ...rest } = options;
  const context: RestContext = { ...rest, turns: new Turns() };
  return (app) => {
    customerRoutes(app, { store: customerStore, extensions: resources.extensions, phones }, context);
    resourceRoutes(app, accesskeyKind(resources.accesskeys, context.ids), context);
    resourceRoutes(app, extensionKind(resources.extensions, context.customers, phones), context);
    contactRoutes(app, resources.extensions, phones, context);
    resourceRoutes(app, agentKind(resources.agents, context), context);
    resourceRoutes(app, groupKind(resources.groups, context), context);
    resourceRoutes(app, numberKind(resources.numbers, resources.groups), context);
    resourceRoutes(app, trunkKind(resources.trunks), context);
    groupcallRoutes(app, engine, context);
    callRoutes(app, engine, context);
  };
}
