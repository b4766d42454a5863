import type { MapTree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import type { Description } from './inventory-file.ts';
import { readVarsFolder, type VarsFile } from './vars-folder.ts';

/** Variables from one source, with its name for people. */
export interface VarsLayer {
  readonly vars: MapTree;
  readonly from: string;
}

/** The layers that concern a host in these groups, lowest precedence first. */
export type VarsLayers = (host: string, groups: readonly string[]) => readonly VarsLayer[];

/**
 * Prepares the layers in Ansible's order: `all` (inventory, then group_vars/ of each folder), the other groups in the
 * inventory, the other groups in group_vars/ of each folder, the host in the inventory, host_vars/ of each folder.
 */
export function layersOf(
  description: Description,
  order: readonly string[],
  folders: readonly string[],
  faults: Faults,
): VarsLayers {
  const places = [...new Set(folders)];
  const groupNames = new Set([...order, 'all', 'ungrouped']);
  const hostNames = new Set(description.hosts.keys());
  const groupFiles = places.map((folder) => readVarsFolder(folder, 'group_vars', groupNames, faults));
  const hostFiles = places.map((folder) => readVarsFolder(folder, 'host_vars', hostNames, faults));
  const own = (kind: 'group' | 'host', name: string): readonly VarsLayer[] => {
    const described = (kind === 'group' ? description.groups : description.hosts).get(name);
    return (described?.vars ?? []).map((vars) => ({ vars, from: `inventory ${kind} ${name}` }));
  };
  const inFiles = (folder: ReadonlyMap<string, readonly VarsFile[]>, names: readonly string[]) =>
    names.flatMap((name) => folder.get(name) ?? []);
  return (host, groups) => {
    const others = groups.filter((name) => name !== 'all');
    return [
      ...own('group', 'all'),
      ...groupFiles.flatMap((folder) => inFiles(folder, ['all'])),
      ...others.flatMap((name) => own('group', name)),
      ...groupFiles.flatMap((folder) => inFiles(folder, others)),
      ...own('host', host),
      ...hostFiles.flatMap((folder) => inFiles(folder, [host])),
    ];
  };
}
