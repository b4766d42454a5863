import { fault } from '../diagnostics/trouble.ts';
import { GIVEN_NAMES } from '../model/given-names.ts';
import type { Place } from '../model/source.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import { emptyMap, readMap } from './read-tree.ts';
import { readYaml } from './yaml.ts';

const GIVEN: ReadonlySet<string> = new Set(GIVEN_NAMES);

/** A map of variables: checks their names. */
export function readVars(tree: Tree, what: string, faults: Faults): MapTree {
  const map = readMap(tree, what, faults);
  if (!map) return emptyMap(tree.place);
  for (const entry of map.entries) checkName(entry.key, entry.keyPlace, faults);
  return map;
}

/** Reads a file of variables. */
export function readVarsFile(path: string, faults: Faults, from?: Place): MapTree | undefined {
  const tree = readYaml(path, faults, from);
  return tree && readVars(tree, 'A file of variables', faults);
}

/** Reports a name that no variable may have. */
export function checkName(name: string, place: Place, faults: Faults): void {
  if (GIVEN.has(name)) {
    const help = 'Choose another name: this one Troupe gives to every template and condition.';
    faults.push(fault('reserved-variable', `"${name}" cannot be set.`, { help, place }));
  } else if (!/^[A-Za-z_]\w*$/.test(name)) {
    const help = `Use letters, digits and underscores only, such as ${name.replace(/\W/g, '_').replace(/^(\d)/, '_$1')}.`;
    faults.push(fault('variable-name', `"${name}" is no name for a variable.`, { help, place }));
  }
}

/** Both maps in one; entries of `over` win. */
export function mergeMaps(under: MapTree, over: MapTree): MapTree {
  if (under.entries.length === 0) return over;
  if (over.entries.length === 0) return under;
  const hidden = new Set(over.entries.map((entry) => entry.key));
  const kept = under.entries.filter((entry) => !hidden.has(entry.key));
  return { kind: 'map', place: over.place, entries: [...kept, ...over.entries] };
}
