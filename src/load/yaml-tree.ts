import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import { fault } from '../diagnostics/trouble.ts';
import type { Place } from '../model/source.ts';
import type { MapEntry, ScalarTree, Tree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import { unquotedBraces } from './yaml-faults.ts';

/** Aliases multiply: a file that grows past this many values is refused. */
const MOST_VALUES = 200_000;
const STANDARD_TAGS = /^(tag:yaml\.org,2002:|!!)(str|int|float|bool|null|map|seq)$/;

interface Walk {
  readonly document: Document;
  readonly place: (offset: number) => Place;
  readonly faults: Faults;
  readonly open: Set<Node>;
  /** The library looks an anchor up from the start of the document each time. */
  readonly anchors: Map<Node, Node | undefined>;
  count: number;
}

/** A parsed document as a tree with places. Undefined where a fault was found in it. */
export function treeOf(
  document: Document,
  place: (offset: number) => Place,
  faults: Faults,
): Tree | undefined {
  const before = faults.length;
  const tree = convert(document.contents, {
    document,
    place,
    faults,
    open: new Set(),
    anchors: new Map(),
    count: 0,
  });
  return faults.length > before ? undefined : tree;
}

const NOTHING: Place = { file: '', line: 1, column: 1 };

function convert(node: unknown, walk: Walk, near: Place = NOTHING): Tree {
  if (isAlias(node)) return convertAlias(node, walk);
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return nothing(near);
  const place = placeOf(node, walk);
  if (++walk.count > MOST_VALUES) return tooLarge(place, walk);
  if (node.tag !== undefined && !STANDARD_TAGS.test(node.tag)) return foreignTag(node.tag, place, walk);
  if (isScalar(node)) return { kind: 'scalar', place, value: scalarValue(node) };
  walk.open.add(node);
  const tree: Tree = isSeq(node)
    ? { kind: 'list', place, items: node.items.map((item) => convert(item, walk, place)) }
    : { kind: 'map', place, entries: entriesOf(node, place, walk) };
  walk.open.delete(node);
  return tree;
}

function convertAlias(
  alias: Node & { source: string; resolve: (d: Document) => Node | undefined },
  walk: Walk,
): Tree {
  if (!walk.anchors.has(alias)) walk.anchors.set(alias, alias.resolve(walk.document));
  const target = walk.anchors.get(alias);
  const place = placeOf(alias, walk);
  if (target && !walk.open.has(target)) return convert(target, walk, place);
  walk.faults.push(
    target
      ? fault('yaml-alias', `*${alias.source} contains itself.`, { help: 'Write the value out.', place })
      : fault('yaml-alias', `There is no anchor &${alias.source} above this line.`, {
          help: `Write &${alias.source} before the value that is meant, or quote the * if it is none.`,
          place,
        }),
  );
  return nothing(place);
}

/** Entries in order; `<<` brings in those keys of other maps that this one does not have. */
function entriesOf(map: YAMLMap, place: Place, walk: Walk): readonly MapEntry[] {
  const own = new Map<string, MapEntry>();
  const merged = new Map<string, MapEntry>();
  for (const pair of map.items) {
    const key = pair.key;
    if (!isScalar(key)) {
      walk.faults.push(badKey(key, map, place, walk));
      continue;
    }
    const keyPlace = placeOf(key, walk);
    if (key.type === 'PLAIN' && key.source === '<<') {
      mergeInto(merged, convert(pair.value, walk, keyPlace), walk);
      continue;
    }
    const name = keyName(key);
    if (map.flow && pair.value === null && /\s/.test(name) && key.type === 'PLAIN') {
      const help = 'Quote the value before it: within { } a comma ends a value.';
      walk.faults.push(fault('yaml-comma-in-braces', `"${name}" has no value.`, { help, place: keyPlace }));
    }
    const first = own.get(name);
    if (first) {
      const help = `Remove one of them; the first is in line ${first.keyPlace.line}.`;
      walk.faults.push(
        fault('yaml-duplicate-key', `The key "${name}" is there twice.`, { help, place: keyPlace }),
      );
    }
    own.set(name, { key: name, keyPlace, value: convert(pair.value, walk, keyPlace) });
  }
  return [...[...merged.values()].filter((entry) => !own.has(entry.key)), ...own.values()];
}

function mergeInto(merged: Map<string, MapEntry>, source: Tree, walk: Walk): void {
  for (const map of source.kind === 'list' ? source.items : [source]) {
    if (map.kind === 'map') {
      for (const entry of map.entries) if (!merged.has(entry.key)) merged.set(entry.key, entry);
    } else {
      const help = 'Write "<<: *name", where &name marks a map, or a list of such.';
      walk.faults.push(fault('yaml-merge', '<< takes a map.', { help, place: map.place }));
    }
  }
}

function badKey(key: unknown, map: YAMLMap, place: Place, walk: Walk) {
  // {{ x }} is, to YAML, a map whose only key is a map.
  if (map.flow && isMap(key) && key.flow)
    return unquotedBraces(place, `{{ ${key.items.map(bare).join(' ')} }}`);
  const where = isMap(key) || isSeq(key) || isAlias(key) ? placeOf(key, walk) : place;
  return fault('yaml-key', 'A key is a plain text.', { help: 'Write "key: value".', place: where });
}

const bare = (pair: { key: unknown }): string => (isScalar(pair.key) ? keyName(pair.key) : '…');

const keyName = (key: Scalar): string =>
  key.type === 'PLAIN' && key.source ? key.source : String(key.value ?? '');

/**
 * YAML 1.2, but as Ansible's users expect: a plain yes, no, on or off is a boolean. What a number could not keep (a
 * leading zero as in 0644, more digits than fit) stays the text that was written.
 */
function scalarValue(node: Scalar): ScalarTree['value'] {
  const { value, source, type, tag } = node;
  const plain = type === 'PLAIN' && tag === undefined ? (source ?? '') : undefined;
  if (plain !== undefined) {
    if (/^(yes|Yes|YES|on|On|ON)$/.test(plain)) return true;
    if (/^(no|No|NO|off|Off|OFF)$/.test(plain)) return false;
    if (/^[-+]?0\d+$/.test(plain)) return plain;
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return plain;
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  return String(value);
}

function foreignTag(tag: string, place: Place, walk: Walk): Tree {
  walk.faults.push(
    tag === '!vault'
      ? fault('not-supported-yet', 'Encrypted values (!vault) are not supported yet.', {
          help: 'Give the variable with -e @file, from a file that only you may read.',
          place,
        })
      : fault('yaml-tag', `The tag ${tag} means nothing here.`, {
          help: 'Remove the tag, or quote the value.',
          place,
        }),
  );
  return nothing(place);
}

function tooLarge(place: Place, walk: Walk): Tree {
  if (walk.count === MOST_VALUES + 1) {
    const help = 'Look for aliases (*name) inside of anchors (&name) that multiply each other.';
    walk.faults.push(fault('yaml-too-large', `More than ${MOST_VALUES} values.`, { help, place }));
  }
  return nothing(place);
}

const nothing = (place: Place): ScalarTree => ({ kind: 'scalar', place, value: null });

const placeOf = (node: Node, walk: Walk): Place => walk.place(node.range?.[0] ?? 0);
