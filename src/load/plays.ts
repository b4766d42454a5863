import { dirname, resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { PlaySource } from '../model/playbook.ts';
import type { Place } from '../model/source.ts';
import type { MapEntry, MapTree } from '../model/tree.ts';
import type { Loading } from './context.ts';
import { notSupportedYet, unknownKey } from './faults.ts';
import { readTags, textOf, varsOf } from './node-keywords.ts';
import { readPlay } from './play.ts';
import { isNothing, readText, wrongType } from './read-tree.ts';
import { mergeMaps } from './variables.ts';
import { readYaml } from './yaml.ts';

const IMPORT = /^(ansible\.builtin\.)?import_playbook$/;
const BESIDE_IMPORT = ['name', 'tags', 'vars'];

/** Reads the plays of a playbook file; imported playbooks come in their places. */
export function readPlays(
  path: string,
  load: Loading,
  chain: readonly string[] = [],
  from?: Place,
): readonly PlaySource[] {
  const tree = readYaml(path, load.faults, from);
  if (!tree) return [];
  if (tree.kind !== 'list') {
    const help = 'Start each play with "- hosts: …", its keywords stand below each other.';
    if (isNothing(tree)) {
      load.faults.push(fault('playbook-empty', 'This playbook has no play.', { help, place: tree.place }));
    } else wrongType(tree, 'A playbook', 'a list of plays', load.faults, help);
    return [];
  }
  return tree.items.flatMap((item) => {
    if (item.kind !== 'map') return wrongType(item, 'A play', 'a map', load.faults) ?? [];
    const imported = item.entries.find((entry) => IMPORT.test(entry.key));
    if (imported) return importPlays(item, imported, path, load, chain);
    return readPlay(item, path, load) ?? [];
  });
}

function importPlays(
  map: MapTree,
  entry: MapEntry,
  path: string,
  load: Loading,
  chain: readonly string[],
): readonly PlaySource[] {
  const { faults } = load;
  for (const { key, keyPlace } of map.entries) {
    if (key === entry.key || BESIDE_IMPORT.includes(key)) continue;
    if (key === 'when')
      notSupportedYet('"when" of import_playbook', 'Give it to the tasks.', keyPlace, faults);
    else unknownKey(key, 'import_playbook', BESIDE_IMPORT, keyPlace, faults);
  }
  textOf(map, 'name', faults);
  const name = readText(entry.value, 'import_playbook', faults);
  if (!name) return [];
  const file = resolve(dirname(path), name.value);
  const above = [...chain, path];
  if (above.includes(file)) {
    const help = 'Take one of the imports out.';
    faults.push(fault('import-circle', `${name.value} imports itself.`, { help, place: name.place }));
    return [];
  }
  const tags = readTags(map, faults);
  const vars = varsOf(map, faults);
  return readPlays(file, load, above, name.place).map((play) => ({
    ...play,
    tags: [...new Set([...tags, ...play.tags])],
    vars: mergeMaps(play.vars, vars),
  }));
}
