import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { MapTree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import { readVarsFile } from './variables.ts';

/** A file of group_vars/ or host_vars/. */
export interface VarsFile {
  readonly vars: MapTree;
  /** Path below the folder that holds group_vars/, as people name it. */
  readonly from: string;
}

/**
 * Reads `group_vars/` or `host_vars/` in `folder`: NAME.yml, NAME.yaml, or all files in NAME/, by the name of the group
 * or host. Names that are not among `names` are left alone.
 */
export function readVarsFolder(
  folder: string,
  kind: 'group_vars' | 'host_vars',
  names: ReadonlySet<string>,
  faults: Faults,
): ReadonlyMap<string, readonly VarsFile[]> {
  const found = new Map<string, readonly VarsFile[]>();
  const root = join(folder, kind);
  if (!isFolder(root)) return found;
  for (const file of readdirSync(root).sort()) {
    if (file.startsWith('.')) continue;
    const path = join(root, file);
    const name = isFolder(path) || names.has(file) ? file : basename(file, extname(file));
    if (!isFolder(path) && !/^\.?(ya?ml|json)?$/.test(extname(file)) && !names.has(file)) continue;
    // A folder may serve several inventories: names that this one does not have are theirs.
    if (!names.has(name)) continue;
    const files = (isFolder(path) ? filesIn(path) : [path]).flatMap((one) => {
      const vars = readVarsFile(one, faults);
      return vars ? [{ vars, from: join(kind, one.slice(root.length + 1)) }] : [];
    });
    found.set(name, [...(found.get(name) ?? []), ...files]);
  }
  return found;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (isFolder(path) ? filesIn(path) : /\.(ya?ml|json)$/.test(path) ? [path] : []));
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
