import { existsSync, rmSync } from 'node:fs';
import { makeSharedDisks } from './disks.ts';
import type { MachineDriver } from './driver.ts';
import { type Guest, inGuest } from './guest.ts';
import { clockScript, identityScript, macsOf } from './identity.ts';
import { updateMachine } from './state.ts';
import { stopMachine } from './stop-machine.ts';
import { stateOf, type Waking } from './waking.ts';

/** True where a machine has its disks, with its name on them. */
export const hasDisks = (driver: MachineDriver, waking: Waking): boolean =>
  stateOf(waking).ready && driver.disks(waking).every((disk) => existsSync(disk));

/** Makes a machine anew and gives it its name and addresses. */
export async function wakeAnew(driver: MachineDriver, waking: Waking): Promise<void> {
  const { folder, machine } = waking;
  await stopMachine(folder, machine.name);
  updateMachine(folder, machine.name, { ready: false, unplugged: [] });
  for (const disk of driver.disks(waking)) rmSync(disk, { force: true });
  await driver.makeDisks(waking);
  makeSharedDisks(folder, machine);
  await giveIdentity(await driver.start(waking, 'new'), driver, waking);
}

/** Starts a machine from its disks, by booting. */
export async function wakeFromDisk(driver: MachineDriver, waking: Waking): Promise<void> {
  await stopMachine(waking.folder, waking.machine.name);
  await inGuest(await driver.start(waking, 'off'), () => 'true\n');
}

/** Gives a new machine its name and addresses. */
export async function giveIdentity(guest: Guest, driver: MachineDriver, waking: Waking): Promise<void> {
  const { folder, machine } = waking;
  const macs = macsOf(folder, machine.name);
  const clock = () => (driver.stoppedClock ? clockScript() : '');
  await inGuest(guest, () => clock() + identityScript(machine, macs));
  updateMachine(folder, machine.name, { ready: true });
}
