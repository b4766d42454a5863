import { exampleYaml } from './example-yaml.ts';
import type { AnyModule } from './module.ts';
import { type JsonSchema, paramsSchema } from './module-schema.ts';

/** Documentation of a module in Markdown, from its own definition. */
export function moduleDoc(module: AnyModule): string {
  const schema = paramsSchema(module);
  const examples = module.examples.map(({ title, params }) =>
    exampleYaml(title, module.name, params, module.freeForm),
  );
  return [
    `# ${module.name}`,
    module.doc.trim(),
    ...(module.freeForm === undefined
      ? []
      : [`A text alone stands for \`${module.freeForm}\`: \`${module.name}: …\`.`]),
    '## Parameters',
    ...tables(schema, ''),
    '## Examples',
    `\`\`\`yaml\n${examples.join('\n\n')}\n\`\`\``,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** A table of the parameters, and one for each that is a map or a list of maps. */
function tables(schema: JsonSchema, of: string): readonly string[] {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return [of === '' ? 'Any names and values.' : ''].filter(Boolean);
  const rows = properties.map(([name, part]) => {
    const required = schema.required?.includes(name) ? 'required' : standard(part);
    return `| \`${name}\` | ${cell(typeOf(part))} | ${required} | ${cell(part.description ?? '')} |`;
  });
  const table = ['| parameter | type | default | |', '|---|---|---|---|', ...rows].join('\n');
  const inner = properties.flatMap(([name, part]) => {
    const map = mapIn(part);
    return map ? tables(map, of === '' ? name : `${of}.${name}`) : [];
  });
  return [...(of === '' ? [] : [`Each of \`${of}\`:`]), table, ...inner];
}

function mapIn(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties) return schema;
  if (schema.items) return mapIn(schema.items);
  return schema.anyOf?.map(mapIn).find((map) => map !== undefined);
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === 'object') return 'map';
  const types = [schema.type ?? []].flat();
  return types.length === 0 ? 'any' : types.join(' or ');
}

function standard(schema: JsonSchema): string {
  const value = schema.default;
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '';
  return typeof value === 'object' ? '' : `\`${value}\``;
}

const cell = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
