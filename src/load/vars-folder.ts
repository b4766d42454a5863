import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { MapTree } from '../model/tree.ts';
import { type Faults, nearest } from './faults.ts';
import { readVarsFile } from './variables.ts';

/** A file of group_vars/ or host_vars/. */
export interface VarsFile {
  readonly vars: MapTree;
  /** Path below the folder that holds group_vars/, as people name it. */
  readonly from: string;
}

/**
 * Reads `group_vars/` or `host_vars/` in `folder`: NAME.yml, NAME.yaml, or all files in NAME/, by the name of the group
 * or host. A file for a name that is not among `names` is reported: it would never be read.
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
    if (!names.has(name)) {
      // Folders may serve several inventories, so a stranger is only a fault where it looks like a slip.
      reportSlip(path, name, kind, names, faults);
      continue;
    }
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

function reportSlip(
  path: string,
  name: string,
  kind: string,
  names: ReadonlySet<string>,
  faults: Faults,
): void {
  const near = nearest(name, names);
  if (!near) return;
  const what = kind === 'group_vars' ? 'group' : 'host';
  faults.push({
    ...fault('vars-of-nobody', `${path} is not read: the inventory has no ${what} "${name}".`, {
      help: `${near}Rename the file.`,
    }),
    severity: 'warning',
  });
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
