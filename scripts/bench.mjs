// npm run bench [-- NAME [arguments]]: the benchmarks of bench/, on loopback. Installs what they need.
import { ensurePackages, must, pinnedNode } from './bootstrap.mjs';
import { ensurePrograms } from './system-packages.mjs';

/** The load generator, and the peer that the results are compared with. */
const PEERS = ['sipp', 'kamailio'];

await ensurePackages();
await ensurePrograms(PEERS);
await must(pinnedNode, ['bench/run.ts', ...process.argv.slice(2)]);
