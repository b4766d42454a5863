import { closeSync, existsSync, openSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDisk, LabMachine } from '../model/lab.ts';

/** The file of a disk that machines of a lab share: raw, and sparse. */
export const sharedFile = (folder: string, name: string): string => join(folder, `shared-${name}.img`);

/** Makes an empty disk; one that is there stays as it is. */
export function makeEmptyDisk(file: string, { sizeMiB }: LabDisk): void {
  if (existsSync(file)) return;
  closeSync(openSync(file, 'a'));
  truncateSync(file, sizeMiB * 1024 * 1024);
}

/** Makes the disks that a machine shares and that are not there yet. */
export function makeSharedDisks(folder: string, { disks }: LabMachine): void {
  for (const disk of disks)
    if (disk.shared !== undefined) makeEmptyDisk(sharedFile(folder, disk.shared), disk);
}

/** Takes away the disks that machines share. None of them may run. */
export function forgetSharedDisks(folder: string, machines: readonly LabMachine[]): void {
  for (const { disks } of machines)
    for (const { shared } of disks)
      if (shared !== undefined) rmSync(sharedFile(folder, shared), { force: true });
}

export const sharesDisks = ({ disks }: LabMachine): boolean =>
  disks.some(({ shared }) => shared !== undefined);
