import { fault } from '../diagnostics/trouble.ts';
import type { InventoryHost } from '../model/inventory.ts';
import type { LabDisk, LabMachine } from '../model/lab.ts';
import type { Tree } from '../model/tree.ts';
import { type Faults, unknownKey } from './faults.ts';
import { textOf, treeAt } from './node-keywords.ts';
import { readList, readNumber } from './read-tree.ts';

const KEYS = ['size', 'shared'];

/** Reads `disks:` of a machine: sizes in MiB, or maps with `size` and the name by which machines share one. */
export function readDisks(tree: Tree, machine: string, faults: Faults): readonly LabDisk[] {
  return (readList(tree, 'disks', faults) ?? []).flatMap((disk) => {
    if (disk.kind !== 'map') {
      const size = readNumber(disk, 'A disk', faults, { least: 1 });
      return size ? [{ sizeMiB: size.value }] : [];
    }
    for (const { key, keyPlace } of disk.entries)
      if (!KEYS.includes(key)) unknownKey(key, `A disk of ${machine}`, KEYS, keyPlace, faults);
    const shared = textOf(disk, 'shared', faults);
    if (shared && !/^[\w-]+$/.test(shared.value)) {
      const help = 'Use letters, digits, dashes and underscores.';
      faults.push(
        fault('lab-disk', `"${shared.value}" is no name for a shared disk.`, { help, place: shared.place }),
      );
    }
    const size = treeAt(disk, 'size');
    if (!size) {
      const help = 'Write its size in MiB: {size: 512, shared: data}.';
      faults.push(fault('lab-disk', `A disk of ${machine} has no size.`, { help, place: disk.place }));
      return [];
    }
    const sizeMiB = readNumber(size, 'size', faults, { least: 1 })?.value;
    return sizeMiB === undefined ? [] : [{ sizeMiB, ...(shared && { shared: shared.value }) }];
  });
}

/** A disk that machines share has one size, and is of a machine once. */
export function checkShared(
  machines: readonly LabMachine[],
  hosts: readonly InventoryHost[],
  faults: Faults,
): void {
  const sizes = new Map<string, { readonly machine: string; readonly sizeMiB: number }>();
  for (const [index, { name, disks }] of machines.entries()) {
    const place = hosts[index]?.vars.get('lab')?.tree.place;
    const more = { ...(place && { place }) };
    const own = new Set<string>();
    for (const { shared, sizeMiB } of disks) {
      if (shared === undefined) continue;
      if (own.has(shared)) {
        const help = 'Leave one of them out.';
        faults.push(fault('lab-disk', `${name} has the shared disk ${shared} twice.`, { help, ...more }));
      }
      own.add(shared);
      const other = sizes.get(shared);
      if (other && other.sizeMiB !== sizeMiB) {
        const summary = `The disk ${shared} has ${other.sizeMiB} MiB on ${other.machine} and ${sizeMiB} MiB on ${name}.`;
        faults.push(fault('lab-disk', summary, { help: 'It is one disk: give it one size.', ...more }));
      }
      sizes.set(shared, { machine: name, sizeMiB });
    }
  }
}
