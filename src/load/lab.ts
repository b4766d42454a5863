import { basename, extname, resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Inventory, InventoryHost } from '../model/inventory.ts';
import type { LabMachine, LabSpec } from '../model/lab.ts';
import { entryOf, type MapTree } from '../model/tree.ts';
import { type Faults, nearest, throwFaults, unknownKey } from './faults.ts';
import { checkShared, readDisks } from './lab-disks.ts';
import { readNics } from './lab-nics.ts';
import { treeAt } from './node-keywords.ts';
import { emptyMap, readMap, readNumber, readText } from './read-tree.ts';
import { mergeMaps } from './variables.ts';

const KEYS = ['memory', 'image', 'disks', 'nics'];
const IMAGES = ['base', 'packaged'] as const;
const DEFAULT_MEMORY_MIB = 384;
const LEAST_MEMORY_MIB = 128;

/**
 * The machines that an inventory describes under `lab:`; undefined where no host has one. `lab` is the only variable
 * that merges: a host's is put over its groups' key by key. Throws one `Trouble` with all faults.
 */
export function labOf(inventory: Inventory): LabSpec | undefined {
  const faults: Faults = [];
  const described = [...inventory.hosts.values()].filter((host) => host.vars.has('lab'));
  const machines = described.map((host) => readMachine(host, faults));
  checkAddresses(machines, described, faults);
  checkShared(machines, described, faults);
  throwFaults(faults);
  const [first] = described;
  if (!first) return undefined;
  const file = resolve(inventory.file);
  return { name: basename(file, extname(file)), inventory: file, machines };
}

function readMachine(host: InventoryHost, faults: Faults): LabMachine {
  const lab = mergedLab(host, faults);
  for (const { key, keyPlace } of lab.entries) {
    if (!KEYS.includes(key)) unknownKey(key, `lab of ${host.name}`, KEYS, keyPlace, faults);
  }
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(host.name)) {
    const help = 'Use letters, digits and dashes: it is its hostname.';
    faults.push(fault('lab-name', `"${host.name}" is no name for a machine.`, { help, place: host.place }));
  }
  const memory = treeAt(lab, 'memory');
  const disks = treeAt(lab, 'disks');
  const nics = treeAt(lab, 'nics');
  return {
    name: host.name,
    memoryMiB:
      (memory && readNumber(memory, 'memory', faults, { least: LEAST_MEMORY_MIB })?.value) ??
      DEFAULT_MEMORY_MIB,
    image: readImage(lab, faults),
    disks: disks ? readDisks(disks, host.name, faults) : [],
    nics: nics ? readNics(nics, host.name, faults) : [],
  };
}

/** The host's `lab` over its groups', nearest last. */
function mergedLab(host: InventoryHost, faults: Faults): MapTree {
  const variable = host.vars.get('lab');
  const all = variable ? [variable, ...variable.hides] : [];
  let merged = emptyMap(host.place);
  for (const { tree } of all.toReversed()) {
    const map = readMap(tree, 'lab', faults, `Known here: ${KEYS.join(', ')}.`);
    if (map) merged = mergeMaps(merged, map);
  }
  return merged;
}

function readImage(lab: MapTree, faults: Faults): LabMachine['image'] {
  const tree = entryOf(lab, 'image')?.value;
  const text = tree && readText(tree, 'image', faults);
  if (!text) return 'base';
  const image = IMAGES.find((one) => one === text.value);
  if (image) return image;
  const help = `${nearest(text.value, IMAGES)}Known are ${IMAGES.join(' and ')}.`;
  faults.push(fault('lab-image', `There is no image "${text.value}".`, { help, place: text.place }));
  return 'base';
}

/** Two machines with one address on a wire would answer in turns. */
function checkAddresses(
  machines: readonly LabMachine[],
  hosts: readonly InventoryHost[],
  faults: Faults,
): void {
  const taken = new Map<string, string>();
  for (const [index, machine] of machines.entries()) {
    for (const nic of machine.nics) {
      for (const cidr of nic.addresses) {
        const address = cidr.replace(/\/.*/, '');
        const key = `${nic.segment} ${address}`;
        const other = taken.get(key);
        const place = hosts[index]?.vars.get('lab')?.tree.place;
        if (other !== undefined) {
          const summary = `${machine.name} and ${other} both have ${address} on the segment ${nic.segment}.`;
          const help = 'Give one of them another address.';
          faults.push(fault('lab-address', summary, { help, ...(place && { place }) }));
        } else taken.set(key, machine.name);
      }
    }
  }
}
