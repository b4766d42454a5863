import type { Place } from './source.ts';
import type { Value } from './value.ts';

/** A YAML value that remembers where each part of it was written. */
export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: null | boolean | number | string;
}

export interface ListTree {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Tree[];
}

export interface MapTree {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Tree;
}

/** The plain value of a tree, places dropped. */
export function plainValue(tree: Tree): Value {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(plainValue);
    case 'map':
      return Object.fromEntries(tree.entries.map((entry) => [entry.key, plainValue(entry.value)]));
  }
}

/** The entry of a map tree under `key`. A loop, because it is asked for each name of each task on each host. */
export function entryOf({ entries }: MapTree, key: string): MapEntry | undefined {
  for (let at = 0; at < entries.length; at += 1) if (entries[at]?.key === key) return entries[at];
  return undefined;
}
