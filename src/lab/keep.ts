import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { sharesDisks } from './disks.ts';
import { inGuest } from './guest.ts';
import { machineNotUp, onEach } from './on-each.ts';
import type { LabOptions } from './progress.ts';
import { updateMachine } from './state.ts';
import { guestOf, isRunning, stateOf } from './waking.ts';

/** Keeps how all machines are now, under a name, for `labReset`, until the lab is taken down. They must run. */
export async function labKeep(spec: LabSpec, name: string, options: LabOptions): Promise<void> {
  const sharing = spec.machines.find(sharesDisks);
  if (sharing) throw cannotKeep(sharing.name);
  await onEach(spec, options, async (driver, waking) => {
    const { name: machine } = waking.machine;
    if (!isRunning(waking)) throw machineNotUp(spec, machine);
    await inGuest(guestOf(waking), () => 'sync\n');
    await driver.keep(waking, name);
    const kept = stateOf(waking).kept ?? [];
    updateMachine(waking.folder, machine, { kept: [...new Set([...kept, name])] });
    options.onProgress({ machine, phase: 'kept', detail: `as "${name}"` });
  });
}

/** Machines are kept one by one; what they share would be of another moment for each. */
const cannotKeep = (host: string) =>
  trouble('lab-shared-disk', `${host} shares a disk, and machines that share one cannot be kept.`, {
    help: 'Use "troupe lab reset", which empties it, and apply again.',
    host,
  });
