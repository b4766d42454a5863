import { dirname, join } from 'node:path';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabMachine, LabSpec } from '../model/lab.ts';
import { BOOT_LIMIT_MS, BOOTED } from './boot-snapshot.ts';
import { labFolder } from './folders.ts';
import { type GuestAccess, inGuest, untilReachable } from './guest.ts';
import { identityScript, macsOf, wakeScript } from './identity.ts';
import { humanMonitor } from './monitor.ts';
import type { LabOptions } from './progress.ts';
import { livingPid, qmpFile } from './qemu.ts';
import { type LabState, tryReadState } from './state.ts';

/**
 * Takes every machine back, disk and memory, to how it was when it first came up, or to a snapshot that `labSnapshot` made.
 * In place and quick. The machines must be up.
 */
export async function labReset(
  spec: LabSpec,
  options: Pick<LabOptions, 'onProgress'> & { readonly to?: string },
): Promise<void> {
  await onEach(spec, async (machine, folder, access) => {
    await humanMonitor(
      qmpFile(folder, machine.name),
      `loadvm ${options.to === undefined ? BOOTED : nameOf(options.to)}`,
    );
    await untilReachable(folder, machine.name, access, BOOT_LIMIT_MS);
    await inGuest(
      access,
      options.to === undefined ? identityScript(machine, macsOf(folder, machine.name)) : wakeScript(),
    );
    options.onProgress({
      machine: machine.name,
      phase: 'reset',
      detail: options.to ?? 'as it first came up',
    });
  });
}

/** Keeps how all machines are now, disk and memory, under a name, until the lab is taken down. */
export async function labSnapshot(spec: LabSpec, name: string): Promise<void> {
  await onEach(spec, async (machine, folder, access) => {
    await inGuest(access, 'sync');
    await humanMonitor(qmpFile(folder, machine.name), `savevm ${nameOf(name)}`);
  });
}

/** QEMU's monitor takes words apart at blanks, and numbers for ids. */
const nameOf = (name: string): string => `kept-${name.replace(/\W/g, '-')}`;

async function onEach(
  spec: LabSpec,
  act: (machine: LabMachine, folder: string, access: GuestAccess) => Promise<void>,
): Promise<void> {
  const folder = labFolder(spec);
  const state = tryReadState(folder);
  await Promise.all(
    spec.machines.map((machine) => {
      const access = accessTo(machine.name, folder, state);
      return act(machine, folder, access);
    }),
  );
}

function accessTo(name: string, folder: string, state: LabState | undefined): GuestAccess {
  const kept = state?.machines[name];
  if (!state || !kept || livingPid(folder, name) === undefined) {
    throw trouble('lab-not-up', `The lab's machine ${name} is not up.`, {
      help: `Bring it up: troupe lab up -i ${state?.inventory ?? join(dirname(folder), '…')}`,
      host: name,
    });
  }
  return { port: kept.port, identityFile: state.identityFile };
}
