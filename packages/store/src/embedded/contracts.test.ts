import { callStoreContract, resourceStoreContract } from '@groupcall/testkit';
import { TemporaryFolder } from './temporary-store.ts';

async function openFresh() {
  const folder = new TemporaryFolder();
  return { store: await folder.open(), close: () => folder.remove() };
}

callStoreContract('embedded', async () => {
  const { store, close } = await openFresh();
  return {
    store: store.calls,
    events: async (customerId) => (await store.events.after(customerId, 0, 1000)).map(({ event }) => event),
    close,
  };
});

resourceStoreContract('embedded', async () => {
  const { store, close } = await openFresh();
  return { ...store, accessKeys: store.accesskeys, close };
});
