import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { fault } from '../diagnostics/trouble.ts';
import type { ArgSpec } from '../model/playbook.ts';
import type { Diagnostic, Place } from '../model/source.ts';
import type { MapTree } from '../model/tree.ts';
import { isMap, isUnknown, type Value } from '../model/value.ts';
import { rule } from '../templating/decision.ts';
import { type Compiling, scopeFor, type TaskHost } from './compiling.ts';
import type { FlatTask, RoleInstance } from './flatten.ts';
import { wanted } from './tags.ts';

/** What is wrong with the arguments of a play's roles on a host: missing, misspelt, of the wrong type, not a choice. */
export function roleArgumentFaults(at: TaskHost, compiling: Compiling): readonly Diagnostic[] {
  return at.play.roles.flatMap((role) => faultsOf(role, at, compiling));
}

function faultsOf(role: RoleInstance, at: TaskHost, compiling: Compiling): readonly Diagnostic[] {
  const { args, name } = role.source;
  if (!args) return [];
  const misspelt = role.use.vars.entries
    .filter((entry) => !args.has(entry.key))
    .map((entry) =>
      fault('unknown-argument', `The role ${name} has no argument '${entry.key}'.`, {
        place: entry.keyPlace,
        help: didYouMean(entry.key, [...args.keys()]) ?? `See roles/${name}/meta/main.yml.`,
      }),
    );
  const own = at.play.tasks.filter((task) => task.around.role === role);
  const { tags, skipTags } = compiling.options;
  const [first] = own;
  if (!first || !own.some((task) => wanted(task.around.tags, tags, skipTags))) return misspelt;
  // What the role's first task and block add is not what the role is given.
  const vars: MapTree = { kind: 'map', place: first.source.place, entries: [] };
  const asGiven: FlatTask = {
    ...first,
    source: { ...first.source, vars },
    around: { ...first.around, blockVars: [] },
  };
  const scope = scopeFor(asGiven, at, compiling, { learnt: new Map() });
  const isOff = role.when.some(({ value: text, place }) => {
    const ruling = rule(text, place, scope);
    return ruling.kind === 'decided' && !ruling.value;
  });
  if (isOff) return misspelt;
  const place = role.use.role.place;
  const wrong = [...args].flatMap(([key, spec]) => {
    const value = scope.get(key);
    if (value === undefined || value === null) {
      return spec.required
        ? [
            fault('missing-argument', `The role ${name} needs the argument '${key}' on ${at.host.name}.`, {
              place,
              help: spec.description || `Give it in the inventory, or below the role.`,
            }),
          ]
        : [];
    }
    return valueFaults(value, spec, `${name}: ${key}`, placeOfValue(key, role, at, compiling) ?? place);
  });
  return [...misspelt, ...wrong, ...scope.faults];
}

const placeOfValue = (
  key: string,
  role: RoleInstance,
  at: TaskHost,
  { options }: Compiling,
): Place | undefined =>
  (
    options.extraVars.get(key)?.tree ??
    role.use.vars.entries.find((entry) => entry.key === key)?.value ??
    at.play.source.vars.entries.find((entry) => entry.key === key)?.value ??
    at.host.vars.get(key)?.tree
  )?.place;

/** What a value has against its description; an unknown value has nothing yet. */
function valueFaults(value: Value, spec: ArgSpec, path: string, place: Place): readonly Diagnostic[] {
  if (isUnknown(value)) return [];
  const say = (summary: string) => [
    fault('wrong-argument', summary, { place, ...(spec.description ? { help: spec.description } : {}) }),
  ];
  if (!fits(value, spec.type)) return say(`${path} wants ${nouns[spec.type]}, not ${JSON.stringify(value)}.`);
  if (
    spec.choices &&
    !Array.isArray(value) &&
    !spec.choices.some((choice) => String(choice) === String(value))
  ) {
    return say(`${path} is ${JSON.stringify(value)}; it can be ${spec.choices.join(', ')}.`);
  }
  if (Array.isArray(value)) {
    const elements = value as readonly Value[];
    return elements.flatMap((item, index) => {
      const inner: ArgSpec = { ...spec, type: spec.elements ?? (spec.options ? 'dict' : 'raw') };
      return valueFaults(item, inner, `${path}[${index}]`, place);
    });
  }
  return isMap(value) && spec.options ? optionFaults(value, spec.options, path, place) : [];
}

function optionFaults(
  value: Readonly<Record<string, Value>>,
  options: ReadonlyMap<string, ArgSpec>,
  path: string,
  place: Place,
): readonly Diagnostic[] {
  const misspelt = Object.keys(value)
    .filter((key) => !options.has(key))
    .map((key) =>
      fault('unknown-argument', `${path} has no field '${key}'.`, {
        place,
        help: didYouMean(key, [...options.keys()]) ?? `It has ${[...options.keys()].join(', ')}.`,
      }),
    );
  const wrong = [...options].flatMap(([key, spec]) => {
    const field = value[key];
    if (field === undefined || field === null)
      return spec.required
        ? [
            fault('missing-argument', `${path} needs the field '${key}'.`, {
              place,
              ...(spec.description ? { help: spec.description } : {}),
            }),
          ]
        : [];
    return valueFaults(field, spec, `${path}.${key}`, place);
  });
  return [...misspelt, ...wrong];
}

const nouns: Readonly<Record<ArgSpec['type'], string>> = {
  str: 'a text',
  path: 'a path',
  int: 'a whole number',
  float: 'a number',
  bool: 'true or false',
  list: 'a list',
  dict: 'a map',
  raw: 'a value',
};

function fits(value: Value, type: ArgSpec['type']): boolean {
  const scalar = typeof value !== 'object' || value === null;
  if (type === 'raw') return true;
  if (type === 'list') return Array.isArray(value);
  if (type === 'dict') return isMap(value);
  if (type === 'bool')
    return typeof value === 'boolean' || /^(true|false|yes|no|on|off)$/i.test(String(value));
  if (type === 'int')
    return scalar && Number.isInteger(Number(value)) && value !== '' && typeof value !== 'boolean';
  if (type === 'float')
    return scalar && Number.isFinite(Number(value)) && value !== '' && typeof value !== 'boolean';
  return scalar;
}
