import { registerHooks } from 'node:module';
import type { Mutant } from './mutants.ts';
import type { Machine } from './machine.ts';

const SOURCE = new URL('../../packages/engine/src/', import.meta.url).href;

/**
 * Loads the machine with one bug in it, as modules of its own beside the real ones. Throws when the text to change does not
 * stand exactly once in its file: then the list of mutants is out of date.
 */
export async function loadMutant(mutant: Mutant, number: number): Promise<Machine> {
  const mark = `?mutant=${number}`;
  const mutated = `${SOURCE}${mutant.file}${mark}`;
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const isOurs = context.parentURL?.endsWith(mark) === true && resolved.url.startsWith(SOURCE);
      return isOurs ? { ...resolved, url: `${resolved.url}${mark}` } : resolved;
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== mutated) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      const parts = source.split(mutant.find);
      if (parts.length !== 2)
        throw new Error(`"${mutant.name}": ${parts.length - 1} places to change in ${mutant.file}`);
      return { ...loaded, source: parts.join(mutant.replace) };
    },
  });
  try {
    return (await import(`${SOURCE}internal.ts${mark}`)) as Machine;
  } finally {
    hooks.deregister();
  }
}
