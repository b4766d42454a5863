import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LabSpec } from '../model/lab.ts';
import { cacheFolder, labFolder, labsFolder } from './folders.ts';
import type { LabOptions } from './progress.ts';
import { claim } from './publish.ts';
import { tryReadState } from './state.ts';
import { stopMachine } from './stop-machine.ts';

/** Takes a lab down: no process and no file of it is left. Also after an `up` that was cut off. Images stay in the cache. */
export async function labDown(spec: LabSpec, options: Pick<LabOptions, 'onProgress'>): Promise<void> {
  const folder = labFolder(spec);
  if (!existsSync(folder)) return;
  await claim(join(folder, 'lock'));
  // Machines that the inventory no longer names are in the folder too.
  const names = new Set([...spec.machines.map((machine) => machine.name), ...namesIn(folder)]);
  for (const name of names) {
    await stopMachine(folder, name);
    options.onProgress({ machine: name, phase: 'stopped', detail: 'is gone' });
  }
  rmSync(folder, { recursive: true, force: true });
}

const namesIn = (folder: string): readonly string[] => [
  ...Object.keys(tryReadState(folder)?.machines ?? {}),
  ...readdirSync(folder).flatMap((name) => (name.endsWith('.pid') ? [name.slice(0, -'.pid'.length)] : [])),
];

/** Labs that have a folder: name and inventory of each. */
export function knownLabs(): readonly { readonly name: string; readonly inventory: string }[] {
  if (!existsSync(labsFolder())) return [];
  return readdirSync(labsFolder()).flatMap((name) => {
    const state = tryReadState(join(labsFolder(), name));
    return state ? [{ name: state.name, inventory: state.inventory }] : [];
  });
}

/** Forgets images and boot snapshots; the next `up` builds them again. Refuses nothing: running labs keep their own disks. */
export function labClean(): void {
  rmSync(cacheFolder(), { recursive: true, force: true });
}
