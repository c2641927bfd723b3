import { ConfigSchema, ENV_PREFIX } from './schema.ts';

interface Property {
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
}

/** The text of docs/config.md, from the schema. */
export function documentConfig(): string {
  const rows = Object.entries(ConfigSchema.properties as Record<string, Property>).map(([name, property]) => {
    const choices =
      property.enum === undefined ? '' : ` One of: ${property.enum.map((value) => `\`${String(value)}\``).join(', ')}.`;
    const fallback = property.default === '' ? '(empty)' : `\`${String(property.default)}\``;
    return `| \`${ENV_PREFIX}${name.toUpperCase()}\` | \`${name}\` | ${fallback} | ${property.description ?? ''}${choices} |`;
  });
  return `# Configuration

<!-- Made from apps/server/src/config/schema.ts by \`node scripts/check-docs.ts --write\`. Do not edit. -->

Settings come from the environment, then from the JSON file given with \`--config <path>\`, then from the defaults. A setting
that is not known, or a value that is not right, stops the start with a message that names it.

| environment | in the file | default | what it is |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
