import { Trunk, TrunkInput, TrunkUpdate } from '@groupcall/contract';
import type * as engine from '@groupcall/engine';
import type { ResourceKind } from '../resource-routes.ts';
import { readHost, readSources } from './trunk-addresses.ts';
import { resourceView } from '../views/resource-view.ts';

/** Where SIP is spoken unless a trunk says otherwise. */
const SIP_PORT = 5_060;

/** Between the first and the last that can be given. */
const DEFAULT_PRIORITY = 100;

/** `trunks`: ways to the telephone network. The password is taken, never shown. */
export function trunkKind(
  store: engine.ResourceStore<engine.Trunk>,
): ResourceKind<engine.Trunk, typeof TrunkInput, typeof TrunkUpdate> {
  return {
    path: 'trunks',
    noun: 'trunk',
    input: TrunkInput,
    update: TrunkUpdate,
    view: Trunk,
    store,
    create: (base, input) => {
      const unset = {
        port: SIP_PORT,
        transport: 'udp',
        username: '',
        password: '',
        register: false,
        prefixes: [],
        priority: DEFAULT_PRIORITY,
        maxCps: 0,
        maxCalls: 0,
        sourceAddresses: [],
      } as const;
      return Promise.resolve({ item: change({ ...base, host: input.host, ...unset }, input) });
    },
    change,
    toView: (item) => ({
      ...resourceView(item),
      host: item.host,
      port: item.port,
      transport: item.transport,
      username: item.username,
      register: item.register,
      prefixes: [...item.prefixes],
      priority: item.priority,
      max_cps: item.maxCps,
      max_calls: item.maxCalls,
      source_addresses: [...item.sourceAddresses],
    }),
  };
}

function change(item: engine.Trunk, input: TrunkUpdate): engine.Trunk {
  return {
    ...item,
    host: input.host === undefined ? item.host : readHost(input.host),
    port: input.port ?? item.port,
    transport: input.transport ?? item.transport,
    username: input.username ?? item.username,
    password: input.password ?? item.password,
    prefixes: input.prefixes ?? item.prefixes,
    priority: input.priority ?? item.priority,
    maxCps: input.max_cps ?? item.maxCps,
    maxCalls: input.max_calls ?? item.maxCalls,
    sourceAddresses: input.source_addresses === undefined ? item.sourceAddresses : readSources(input.source_addresses),
  };
}
