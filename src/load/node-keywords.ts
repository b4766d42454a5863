import type { Become, Located, NodeKeywords } from '../model/playbook.ts';
import { entryOf, type MapTree, type Tree } from '../model/tree.ts';
import { type Faults, notSupportedYet } from './faults.ts';
import { emptyMap, readBoolean, readText, readTexts } from './read-tree.ts';
import { readVars } from './variables.ts';

/** The keywords that tasks and blocks share. */
export function readNodeKeywords(map: MapTree, faults: Faults): NodeKeywords {
  const name = treeAt(map, 'name');
  const ignoreErrors = booleanOf(map, 'ignore_errors', faults);
  const become = readBecome(map, faults);
  const text = name && readText(name, 'name', faults);
  return {
    place: map.place,
    ...(text && { name: text }),
    when: textsOf(map, 'when', faults),
    tags: readTags(map, faults),
    vars: varsOf(map, faults),
    ...(become && { become }),
    ...(ignoreErrors && { ignoreErrors }),
  };
}

/** `become` and `become_user`. Who names a user means to become it: `become_user` alone switches become on. */
export function readBecome(map: MapTree, faults: Faults): Become | undefined {
  const method = treeAt(map, 'become_method');
  if (method && !(method.kind === 'scalar' && method.value === 'sudo')) {
    notSupportedYet('A become_method other than sudo', 'Leave it out: sudo is used.', method.place, faults);
  }
  const enabled = booleanOf(map, 'become', faults);
  const userTree = treeAt(map, 'become_user');
  const user = userTree && readText(userTree, 'become_user', faults);
  if (!enabled) return user && { enabled: { value: true, place: user.place }, user };
  return { enabled, ...(user && { user }) };
}

/** `tags`: a list, or one text with commas. */
export function readTags(map: MapTree, faults: Faults): readonly string[] {
  return textsOf(map, 'tags', faults).flatMap((tag) =>
    tag.value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  );
}

export function varsOf(map: MapTree, faults: Faults): MapTree {
  const vars = treeAt(map, 'vars');
  return vars ? readVars(vars, 'vars', faults) : emptyMap(map.place);
}

export const treeAt = (map: MapTree, key: string): Tree | undefined => entryOf(map, key)?.value;

export function textsOf(map: MapTree, key: string, faults: Faults): readonly Located<string>[] {
  const value = treeAt(map, key);
  return value ? readTexts(value, key, faults) : [];
}

export function textOf(map: MapTree, key: string, faults: Faults): Located<string> | undefined {
  const value = treeAt(map, key);
  return value && readText(value, key, faults);
}

export function booleanOf(map: MapTree, key: string, faults: Faults): Located<boolean> | undefined {
  const value = treeAt(map, key);
  return value && readBoolean(value, key, faults);
}
