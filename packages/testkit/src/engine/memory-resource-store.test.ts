import { resourceStoreContract } from '../contracts/resource-store.contract.ts';
import { MemoryDirectory } from './memory-directory.ts';

resourceStoreContract('in memory', () => {
  const directory = new MemoryDirectory();
  return Promise.resolve({
    customers: directory.customers,
    accessKeys: directory.accessKeys,
    extensions: directory.extensions,
    agents: directory.agents,
    groups: directory.groups,
    numbers: directory.numbers,
    trunks: directory.trunkStore,
    close: () => Promise.resolve(),
  });
});
