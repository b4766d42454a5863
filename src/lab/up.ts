import { mkdirSync } from 'node:fs';
import type { LabConnection, LabSpec } from '../model/lab.ts';
import { labConnections } from './connections.ts';
import type { MachineDriver } from './driver.ts';
import { driverNamed } from './drivers.ts';
import { eachMachine } from './each-machine.ts';
import { labFolder } from './folders.ts';
import { needLimits } from './limits.ts';
import { lockLab } from './lock-lab.ts';
import { prepare } from './prepare.ts';
import type { LabOptions } from './progress.ts';
import { tryReadState, updateMachine, writeState } from './state.ts';
import { stopMachine } from './stop-machine.ts';
import { hasDisks, wakeAnew, wakeFromDisk } from './wake.ts';
import { isRunning, type Waking } from './waking.ts';

/**
 * Brings up all machines of a lab; those that are up stay as they are, one that was powered off boots from its disk, one
 * whose description or image has changed is made anew, one that is no longer described goes. Throws a Trouble with the end
 * of its console for one that does not come up.
 */
export async function labUp(spec: LabSpec, options: LabOptions): Promise<readonly LabConnection[]> {
  needLimits();
  const folder = labFolder(spec);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = await lockLab(folder, options);
  try {
    const before = tryReadState(folder);
    const state = await prepare(spec, folder, options);
    // An `up` that is cut off from here on can be taken down, and taken up again.
    writeState(folder, state);
    for (const name of Object.keys(before?.machines ?? {}))
      if (!state.machines[name]) await stopMachine(folder, name);
    const driver = driverNamed(state.driver, options.root);
    await driver.openNetwork(folder, state);
    await eachMachine(spec, (machine) => bringUp(driver, { folder, state, machine }, options));
  } finally {
    release();
  }
  return labConnections(spec) ?? [];
}

async function bringUp(driver: MachineDriver, waking: Waking, options: LabOptions): Promise<void> {
  const { machine } = waking;
  const say = (phase: 'starting' | 'ready', detail: string) =>
    options.onProgress({ machine: machine.name, phase, detail });
  const whole = hasDisks(driver, waking);
  if (whole && isRunning(waking)) return say('ready', 'is up already');
  say('starting', whole ? 'boots from its disk' : 'starts anew');
  // What was kept is of the machine as it was described before.
  if (!whole) updateMachine(waking.folder, machine.name, { kept: [] });
  await (whole ? wakeFromDisk(driver, waking) : wakeAnew(driver, waking));
  say('ready', machine.nics.flatMap((nic) => nic.addresses).join(' '));
}
