// npm run check: format, lint, types, arrows, sizes, docs. All of them run, whatever fails.
import { ensurePackages, pinnedNode, run } from './bootstrap.mjs';

await ensurePackages();

const bin = (name) => `node_modules/${name}`;
const CHECKS = [
  ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  ['types', [bin('typescript/bin/tsc'), '-p', '.']],
  ['lint', [bin('eslint/bin/eslint.js'), '--cache', '--cache-location', '.cache/eslint', '--max-warnings=0', '.']],
  [
    'arrows',
    [bin('dependency-cruiser/bin/dependency-cruiser.mjs'), 'packages', 'apps', '--config', '.dependency-cruiser.cjs'],
  ],
  ['sizes', ['scripts/check-sizes.ts']],
  ['docs', ['scripts/check-docs.ts']],
];

const failed = [];
for (const [name, args] of CHECKS) {
  console.log(`— ${name} —`);
  if ((await run(pinnedNode, args)) !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.join(', ')}`);
  process.exit(1);
}
console.log('check passed');
