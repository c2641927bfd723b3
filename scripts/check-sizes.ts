/** A source file over 500 lines is a design that has to be split; over 300 it is pointed out. */
import { globSync, readFileSync } from 'node:fs';

const HARD_LIMIT = 500;
const SOFT_LIMIT = 300;

const files = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'scripts/*']).filter(
  (file) => !/\.(test|contract)\.ts$/.test(file),
);
let tooLong = false;
for (const file of files.sort()) {
  const lines = readFileSync(file, 'utf8').split('\n').length;
  if (lines > HARD_LIMIT) {
    console.error(`${file}: ${lines} lines, the limit is ${HARD_LIMIT}`);
    tooLong = true;
  } else if (lines > SOFT_LIMIT) {
    console.log(`${file}: ${lines} lines (aim at ${SOFT_LIMIT})`);
  }
}
process.exitCode = tooLong ? 1 : 0;
