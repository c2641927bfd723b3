// npm test: every check and every test. Installs what it needs.
import { ensurePackages, must, pinnedNode } from './bootstrap.mjs';
import { ensurePrograms } from './system-packages.mjs';

/** Programs of others that the interop tests ring. */
const PEERS = ['sipp', 'baresip', 'sox'];

await ensurePackages();
await ensurePrograms(PEERS);
await must(pinnedNode, ['scripts/check.mjs']);

const nodeTest = (...args) => must(pinnedNode, ['--test', '--test-reporter=spec', ...args]);

console.log('\n— unit, conformance, simulation and integration tests —');
await nodeTest(
  'packages/**/*.test.ts',
  'apps/**/*.test.ts',
  'test/conformance/**/*.test.ts',
  'test/simulation/**/*.test.ts',
  'test/integration/**/*.test.ts',
);
// Real programs on real sockets are timed by the wall clock: one at a time, so that none waits for another's processor.
console.log('\n— interop and end-to-end tests, with real peers on real sockets —');
await nodeTest('--test-concurrency=1', 'test/interop/**/*.test.ts', 'test/e2e/**/*.test.ts');
