import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Inventory, InventoryHost, Variable } from '../model/inventory.ts';
import { type Faults, throwFaults } from './faults.ts';
import { type Description, groupOf, readInventoryFile } from './inventory-file.ts';
import { orderGroups } from './inventory-groups.ts';
import { layersOf, type VarsLayers } from './inventory-layers.ts';

/** What `loadInventory` is told besides the files. */
export interface InventoryLoadOptions {
  /** The playbook: group_vars/ and host_vars/ beside it count too, over those beside the inventory. */
  readonly playbook?: string;
}

/**
 * Reads an inventory: a YAML file, a folder of them, or several of either, later ones over earlier ones. Throws one
 * `Trouble` with every fault that was found.
 */
export function loadInventory(
  paths: string | readonly string[],
  options: InventoryLoadOptions = {},
): Inventory {
  const faults: Faults = [];
  const given = typeof paths === 'string' ? [paths] : paths;
  const files = given.flatMap((path) => filesOf(resolve(path), faults));
  const file = resolve(given[0] ?? '.');
  const description: Description = { groups: new Map(), hosts: new Map() };
  groupOf('all', { file, line: 1, column: 1 }, description);
  for (const one of files) readInventoryFile(one, description, faults);
  const { order, members } = orderGroups(description, faults);
  const folders = given.map((path) => (isFolder(path) ? resolve(path) : dirname(resolve(path))));
  const beside = options.playbook === undefined ? [] : [dirname(resolve(options.playbook))];
  const layers = layersOf(description, order, [...folders, ...beside], faults);
  const hosts = new Map<string, InventoryHost>();
  for (const [name, { place }] of description.hosts) {
    const groups = order.filter((group) => members.get(group)?.includes(name));
    hosts.set(name, { name, groups, vars: varsOf(name, groups, layers), place });
  }
  if (hosts.size === 0 && faults.length === 0) {
    const help = 'Name at least one: "all: {hosts: {web1: {address: 192.0.2.1}}}".';
    faults.push(
      fault('inventory-empty', 'The inventory has no host.', { help, place: { file, line: 1, column: 1 } }),
    );
  }
  throwFaults(faults);
  return { file, hosts, groups: members };
}

/** Merges the layers that concern a host, lowest first; each variable remembers what it hides. */
function varsOf(host: string, groups: readonly string[], layers: VarsLayers): ReadonlyMap<string, Variable> {
  const merged = new Map<string, Variable>();
  for (const { vars, from } of layers(host, groups)) {
    for (const { key, keyPlace, value } of vars.entries) {
      const hidden = merged.get(key);
      const hides = hidden ? [hidden, ...hidden.hides] : [];
      merged.set(key, { tree: value, from, place: keyPlace, hides });
    }
  }
  return merged;
}

function filesOf(path: string, faults: Faults): readonly string[] {
  if (!existsSync(path)) {
    const help = 'Name a YAML file, or a folder of them, with -i.';
    faults.push(fault('file-unreadable', `There is no inventory ${path}.`, { help }));
    return [];
  }
  if (!isFolder(path)) return [path];
  const names = readdirSync(path).sort();
  const files = names
    .filter((name) => /\.(ya?ml|ini)$/.test(name) || name === 'hosts')
    .map((name) => join(path, name));
  if (files.length === 0) {
    faults.push(
      fault('inventory-empty', `The folder ${path} holds no inventory.`, { help: 'Put a .yml file in it.' }),
    );
  }
  return files.filter((file) => !isFolder(file));
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
