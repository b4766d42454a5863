import * as z from 'zod';
import type { AnyModule } from './module.ts';

/** The part of JSON Schema that parameters come to. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
}

/** JSON Schema of a module's parameters, as its own schema has them; what the compiler fills in is left out. */
export function paramsSchema(module: AnyModule): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(module.params, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema;
  const filled = module.source?.into;
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => name !== filled);
  const required = (schema.required ?? []).filter((name) => name !== filled);
  return {
    ...schema,
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
  };
}

const TEMPLATE: JsonSchema = { type: 'string', pattern: '\\{\\{' };

/** JSON Schema of a module's value in a playbook: any parameter may be a template there, and a text may stand for all. */
export function playbookSchema(module: AnyModule): JsonSchema {
  const schema = paramsSchema(module);
  const given = Object.entries(schema.properties ?? {}).map(
    ([name, part]) => [name, templated(part)] as const,
  );
  const properties = { properties: Object.fromEntries(given) };
  // A free form gives a parameter that is required; the rest may stand in `args`.
  const { required, ...rest } = schema;
  if (module.freeForm === undefined) return { ...schema, ...properties, description: firstSentence(module) };
  return { anyOf: [{ type: 'string' }, { ...rest, ...properties }], description: firstSentence(module) };
}

/** The first sentence of a module's documentation. */
export const firstSentence = (module: AnyModule): string => module.doc.split(/(?<=\.)\s/)[0] ?? module.doc;

function templated(schema: JsonSchema): JsonSchema {
  const inside: JsonSchema = {
    ...schema,
    ...(schema.items ? { items: templated(schema.items) } : {}),
    ...(schema.properties
      ? {
          properties: Object.fromEntries(
            Object.entries(schema.properties).map(([k, v]) => [k, templated(v)]),
          ),
        }
      : {}),
  };
  if (takesAnyText(schema)) return inside;
  const { description, default: standard, ...rest } = inside;
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [...(rest.anyOf ?? [rest]), TEMPLATE],
  };
}

function takesAnyText(schema: JsonSchema): boolean {
  if (schema.anyOf) return schema.anyOf.some(takesAnyText);
  const types = [schema.type ?? []].flat();
  const limited = ['enum', 'const', 'pattern', 'format', 'minLength'].some((keyword) => keyword in schema);
  return (types.length === 0 && !limited) || (types.includes('string') && !limited);
}
