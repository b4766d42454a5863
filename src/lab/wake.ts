import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LabMachine } from '../model/lab.ts';
import { BOOTED, diskNames } from './boot-snapshot.ts';
import { freePort } from './free-port.ts';
import { type Guest, inGuest } from './guest.ts';
import { clockScript, identityScript, macsOf } from './identity.ts';
import { SEGMENT_CARDS, startMachine } from './qemu.ts';
import { runTool } from './run-tool.ts';
import { type LabState, updateMachine } from './state.ts';
import { stopMachine } from './stop-machine.ts';

/** A machine of a lab whose state is written down. */
export interface Waking {
  readonly folder: string;
  readonly state: LabState;
  readonly machine: LabMachine;
}

const disksOf = ({ folder, machine }: Waking): readonly string[] =>
  diskNames(machine).map((disk) => join(folder, `${machine.name}-${disk}`));

/** True where a machine has its disks, with its name on them. */
export const hasDisks = (waking: Waking): boolean =>
  waking.state.machines[waking.machine.name]?.ready === true &&
  disksOf(waking).every((disk) => existsSync(disk));

/** Makes a machine anew from the boot snapshot and gives it its name and addresses. */
export async function wakeAnew(waking: Waking): Promise<void> {
  const { folder, state, machine } = waking;
  const kept = state.machines[machine.name];
  await stopMachine(folder, machine.name);
  for (const [index, disk] of disksOf(waking).entries()) {
    rmSync(disk, { force: true });
    const from = join(kept?.snapshot ?? '', `disk${index}.qcow2`);
    await runTool('cp', '--reflink=auto', '--sparse=always', from, disk);
  }
  await giveIdentity(await start(waking, BOOTED), waking);
}

/** Starts a machine from its disks: by booting, or from a snapshot on them. */
export async function wakeFromDisk(waking: Waking, snapshot?: string): Promise<void> {
  await stopMachine(waking.folder, waking.machine.name);
  // After a boot the clock is right: it is read from QEMU's.
  await inGuest(await start(waking, snapshot), snapshot === undefined ? () => 'true\n' : clockScript);
}

/** Gives the nameless machine of a boot snapshot its name and addresses. */
export async function giveIdentity(guest: Guest, { folder, machine }: Waking): Promise<void> {
  await inGuest(guest, () => identityScript(machine, macsOf(folder, machine.name)));
  updateMachine(folder, machine.name, { ready: true });
}

export const guestOf = ({ folder, state, machine }: Waking, port?: number): Guest => ({
  folder,
  name: machine.name,
  port: port ?? state.machines[machine.name]?.port ?? 0,
  identityFile: state.identityFile,
});

const ATTEMPTS = 3;

/** Between our asking for a free port and QEMU's taking it, somebody else may: then another is tried. */
async function start(waking: Waking, loadSnapshot: string | undefined): Promise<Guest> {
  const { folder, state, machine } = waking;
  const kept = state.machines[machine.name];
  if (!kept) throw new Error(`${machine.name} has no state`);
  for (let attempt = 1, sshPort = kept.port; ; attempt++, sshPort = await freePort()) {
    if (sshPort !== kept.port) updateMachine(folder, machine.name, { port: sshPort });
    try {
      await startMachine({
        ...{ name: machine.name, folder, image: kept.image, accelerator: kept.accelerator },
        ...{ memoryMiB: machine.memoryMiB, disks: disksOf(waking), sshPort },
        wires: Array.from({ length: SEGMENT_CARDS }, (_, card) => wireOf(waking, card)),
        macs: macsOf(folder, machine.name),
        ...(loadSnapshot === undefined ? {} : { loadSnapshot }),
      });
      return guestOf(waking, sshPort);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

const wireOf = ({ state, machine }: Waking, card: number): string | undefined =>
  state.segments[machine.nics[card]?.segment ?? ''];
