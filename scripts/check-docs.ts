/** Documents that are made from code are equal to what the code says; `--write` makes them so. Links in them lead somewhere. */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { documentConfig } from '../apps/server/src/config/document.ts';

const MADE: Readonly<Record<string, () => string>> = { 'docs/config.md': documentConfig };

const write = process.argv.includes('--write');
let wrong = 0;

for (const [path, make] of Object.entries(MADE)) {
  const text = await format(make(), { ...(await resolveConfig(path)), filepath: path });
  if (write) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${path} is not what the code says; run: node scripts/check-docs.ts --write`);
    wrong++;
  }
}

for (const path of globSync(['*.md', '{docs,bench,packages,apps,examples}/**/*.md'], {
  exclude: ['**/node_modules/**'],
})) {
  for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)/g)) {
    if (existsSync(join(dirname(path), target))) continue;
    console.error(`${path}: the link to ${target} leads nowhere`);
    wrong++;
  }
}
process.exitCode = wrong === 0 ? 0 : 1;
