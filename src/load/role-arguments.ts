import type { ArgSpec, Located } from '../model/playbook.ts';
import { type MapTree, plainValue, type Tree } from '../model/tree.ts';
import { type Faults, unknownKey } from './faults.ts';
import { booleanOf, textOf, textsOf, treeAt } from './node-keywords.ts';
import { readList, readMap, wrongType } from './read-tree.ts';
import { checkName } from './variables.ts';

const TYPES = ['str', 'int', 'float', 'bool', 'list', 'dict', 'path', 'raw'] as const;
const KEYS = ['type', 'required', 'description', 'choices', 'elements', 'options', 'default'];

/** Reads the arguments of a role's meta/main.yml, by name; after Ansible's argument_specs. */
export function readRoleArguments(tree: Tree, what: string, faults: Faults): ReadonlyMap<string, ArgSpec> {
  const args = new Map<string, ArgSpec>();
  for (const { key, keyPlace, value } of readMap(tree, what, faults)?.entries ?? []) {
    checkName(key, keyPlace, faults);
    const map = readMap(
      value,
      `The argument ${key}`,
      faults,
      'Write "type:", "description:" and the like below it.',
    );
    if (map) args.set(key, { ...readSpec(map, key, faults), place: keyPlace });
  }
  return args;
}

function readSpec(map: MapTree, name: string, faults: Faults): Omit<ArgSpec, 'place'> {
  for (const { key, keyPlace } of map.entries) {
    if (!KEYS.includes(key)) unknownKey(key, `The argument ${name}`, KEYS, keyPlace, faults);
  }
  const choices = treeAt(map, 'choices');
  const elements = typeOf(map, 'elements', faults);
  const options = treeAt(map, 'options');
  const fallback = treeAt(map, 'default');
  return {
    type: typeOf(map, 'type', faults) ?? 'str',
    required: booleanOf(map, 'required', faults)?.value ?? false,
    description: textsOf(map, 'description', faults)
      .map((one) => one.value)
      .join(' '),
    ...(choices && { choices: readChoices(choices, faults) }),
    ...(elements && { elements }),
    ...(options && { options: readRoleArguments(options, 'options', faults) }),
    ...(fallback && { default: fallback }),
  };
}

function typeOf(map: MapTree, key: string, faults: Faults): ArgSpec['type'] | undefined {
  const text: Located<string> | undefined = textOf(map, key, faults);
  if (!text) return undefined;
  const type = TYPES.find((one) => one === text.value);
  const tree: Tree = { kind: 'scalar', ...text };
  return type ?? wrongType(tree, key, `one of ${TYPES.join(', ')}`, faults);
}

function readChoices(tree: Tree, faults: Faults): readonly (string | number | boolean)[] {
  return (readList(tree, 'choices', faults) ?? []).flatMap((item) => {
    const value = plainValue(item);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [value];
    return wrongType(item, 'A choice', 'a text, a number or a boolean', faults) ?? [];
  });
}
