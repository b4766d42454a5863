import { modules } from '../../../src/modules/index.ts';
import type { AnyModule } from '../../../src/modules/module.ts';
import { type JsonSchema, paramsSchema } from '../../../src/modules/module-schema.ts';
import fc from '../../random.ts';
import { wordsFor } from './words.ts';

/** A task of a random playbook. */
export interface RandomTask {
  readonly module: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly become?: string;
}

/** Modules that change no host, or whose answers come from elsewhere than the host. */
const changesNothing = (module: AnyModule): boolean =>
  module.readsWorld === true ||
  module.expressions !== undefined ||
  module.sets !== undefined ||
  module.name === 'fail';

/** Most of what tasks do to each other they do with files. */
function touchesFiles(module: AnyModule): boolean {
  return 'mode' in (paramsSchema(module).properties ?? {});
}

function taskOf(module: AnyModule): fc.Arbitrary<RandomTask> {
  const params = mapOf(paramsSchema(module), module.name).filter(
    (one) => module.params.safeParse(one).success,
  ) as fc.Arbitrary<Readonly<Record<string, unknown>>>;
  const become = sometimes(fc.constant('www-data'), 8);
  return fc.record({ params, become }).map(({ become: user, ...task }) => ({
    module: module.name,
    ...task,
    ...(user ? { become: user } : {}),
  }));
}

function mapOf(schema: JsonSchema, module: string): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties ?? {}).map(([name, part]) => {
    const value = valueFor(part, module, name);
    const isNeeded = schema.required?.includes(name) === true && part.default === undefined;
    return [name, isNeeded ? value : sometimes(value, part.enum ? 1 : 3)] as const;
  });
  return fc.record(Object.fromEntries(fields)).map(given);
}

/** Without what was left out. */
const given = (fields: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const sometimes = <T>(value: fc.Arbitrary<T>, seldom: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: seldom, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

function valueFor(schema: JsonSchema, module: string, param: string): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((part) => valueFor(part, module, param)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const words = wordsFor(module, param);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numberOf(
        schema,
        words.filter((word) => typeof word === 'number'),
      );
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, module, param), { maxLength: 3 });
    case 'object':
      return mapOf(schema, module);
    default:
      return fc.constantFrom(...words.filter((word) => typeof word === 'string'));
  }
}

/** Few numbers, the borders among them. */
function numberOf(schema: JsonSchema, words: readonly number[]): fc.Arbitrary<number> {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema as { minimum?: number; maximum?: number };
  const border = [0, 1, 80, maximum].map((number) => Math.min(maximum, minimum + number));
  return fc.constantFrom(...new Set(words.length < 5 ? [...words, ...border] : border));
}

/** Any task of any module that changes hosts, with parameters of its own schema that it accepts. */
export const randomTask: fc.Arbitrary<RandomTask> = fc.oneof(
  ...[...modules.values()]
    .filter((module) => !changesNothing(module))
    .map((module) => ({ weight: touchesFiles(module) ? 3 : 1, arbitrary: taskOf(module) })),
);
