import type { AccessKey, Agent, Extension, Group, NumberRoute, Trunk } from '@groupcall/engine';
import type { Store } from '@groupcall/store';
import { CachedResources } from './cached-resources.ts';

/** Everything of the directory but the customers. */
export interface Resources {
  readonly accesskeys: CachedResources<AccessKey>;
  readonly extensions: CachedResources<Extension>;
  readonly agents: CachedResources<Agent>;
  readonly groups: CachedResources<Group>;
  readonly numbers: CachedResources<NumberRoute>;
  readonly trunks: CachedResources<Trunk>;
}

/** The store's resources, remembered. */
export function cacheResources(store: Store): Resources {
  return {
    accesskeys: new CachedResources(store.accesskeys),
    extensions: new CachedResources(store.extensions),
    agents: new CachedResources(store.agents),
    groups: new CachedResources(store.groups),
    numbers: new CachedResources(store.numbers),
    trunks: new CachedResources(store.trunks),
  };
}
