import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { forgetSharedDisks, sharesDisks } from './disks.ts';
import { labFolder } from './folders.ts';
import { onEach } from './on-each.ts';
import type { LabOptions } from './progress.ts';
import { updateMachine } from './state.ts';
import { stopMachine } from './stop-machine.ts';
import { giveIdentity, wakeAnew } from './wake.ts';
import { guestOf, isRunning, stateOf } from './waking.ts';

/**
 * Takes every machine back to how it was when it first came up, or to what `labKeep` kept: in place where its driver can,
 * else made anew. Connections to the machines break.
 */
export async function labReset(spec: LabSpec, options: LabOptions & { readonly to?: string }): Promise<void> {
  const { to } = options;
  if (to === undefined && spec.machines.some(sharesDisks)) await emptySharedDisks(spec, options);
  await onEach(spec, options, async (driver, waking) => {
    if (to !== undefined) {
      if (!stateOf(waking).kept?.includes(to)) throw nothingKept(waking.machine.name, to);
      await driver.restore(waking, to);
    } else if (isRunning(waking) && (await driver.rewind(waking))) {
      updateMachine(waking.folder, waking.machine.name, { unplugged: [] });
      await giveIdentity(guestOf(waking), driver, waking);
    } else await wakeAnew(driver, waking);
    const detail = to === undefined ? 'as it first came up' : `as kept under "${to}"`;
    options.onProgress({ machine: waking.machine.name, phase: 'reset', detail });
  });
}

/** All machines that share a disk are stopped before it is made anew. */
async function emptySharedDisks(spec: LabSpec, options: LabOptions): Promise<void> {
  const sharing = spec.machines.filter(sharesDisks);
  const names = sharing.map(({ name }) => name);
  await onEach(spec, options, (_driver, { folder, machine }) => stopMachine(folder, machine.name), names);
  forgetSharedDisks(labFolder(spec), sharing);
}

const nothingKept = (host: string, name: string) =>
  trouble('lab-nothing-kept', `Nothing of ${host} was kept under "${name}".`, {
    help: `Keep it first: troupe lab keep ${name}`,
    host,
  });
