import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import {
  cacheFolder,
  imagesFolder,
  kernelsFolder,
  labFolder,
  labsFolder,
  ownKernelsFolder,
  snapshotsFolder,
} from './folders.ts';
import { lockLab } from './lock-lab.ts';
import type { LabOptions } from './progress.ts';
import { sweep } from './publish.ts';
import { tryReadState } from './state.ts';
import { stopAll } from './stop-machine.ts';

type Lab = Pick<LabSpec, 'name' | 'inventory'>;

/**
 * Takes a lab down: no process and no file of it is left, those of an `up` that was cut off included. Images and boot
 * snapshots stay in the cache. Nothing happens where it is not up.
 */
export async function labDown(lab: Lab, options: Pick<LabOptions, 'onProgress'>): Promise<void> {
  const folder = labFolder(lab);
  if (existsSync(folder)) {
    const release = await lockLab(folder, options);
    try {
      // Names with a dot are not machines': what else of the lab runs.
      for (const name of (await stopAll(folder)).filter((each) => !each.includes('.')))
        options.onProgress({ machine: name, phase: 'stopped', detail: 'is gone' });
      rmSync(folder, { recursive: true, force: true });
    } finally {
      release();
    }
  }
  for (const cache of cacheParts()) await sweep(cache);
}

/** Labs of this user that are up, or that an `up` which was cut off has left. */
export function knownLabs(): readonly Lab[] {
  if (!existsSync(labsFolder())) return [];
  return readdirSync(labsFolder()).flatMap((name) => {
    const state = tryReadState(join(labsFolder(), name));
    return state ? [{ name: state.name, inventory: state.inventory }] : [];
  });
}

/**
 * Forgets images, boot snapshots and kernels; the next `up` makes them again, all but a kernel of `buildKernel`. Refused while a
 * lab's disks stand on them.
 */
export async function labClean(): Promise<void> {
  const labs = knownLabs();
  if (labs.length > 0) {
    throw trouble('lab-in-use', `These labs are up: ${labs.map((lab) => lab.inventory).join(', ')}`, {
      help: `Take them down first: troupe lab down -i ${labs[0]?.inventory}`,
    });
  }
  for (const cache of cacheParts()) await sweep(cache);
  rmSync(cacheFolder(), { recursive: true, force: true });
}

/** Folders in which builds that were cut off may have left something. */
const cacheParts = (): readonly string[] => [
  imagesFolder(),
  snapshotsFolder(),
  kernelsFolder(),
  ownKernelsFolder(),
];
