import type { Place } from '../model/source.ts';
import type { Tree } from '../model/tree.ts';

/** Where the part of a tree under a path was written; the nearest part around it where there is none. */
export function placeOf(tree: Tree, path: readonly PropertyKey[]): Place {
  const [first, ...rest] = path;
  if (first === undefined) return tree.place;
  if (tree.kind === 'map') {
    const entry = tree.entries.find((one) => one.key === first);
    return entry ? placeOf(entry.value, rest) : tree.place;
  }
  const item = tree.kind === 'list' && typeof first === 'number' ? tree.items[first] : undefined;
  return item ? placeOf(item, rest) : tree.place;
}

/** Where the key at the end of a path was written, for keys that should not be there. */
export function placeOfKey(tree: Tree, path: readonly PropertyKey[], key: string): Place {
  const [first, ...rest] = path;
  if (tree.kind === 'map') {
    const entry = tree.entries.find((one) => one.key === (first ?? key));
    if (!entry) return tree.place;
    return first === undefined ? entry.keyPlace : placeOfKey(entry.value, rest, key);
  }
  const item = tree.kind === 'list' && typeof first === 'number' ? tree.items[first] : undefined;
  return item ? placeOfKey(item, rest, key) : tree.place;
}
