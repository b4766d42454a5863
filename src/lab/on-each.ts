import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import type { MachineDriver } from './driver.ts';
import { driverNamed } from './drivers.ts';
import { eachMachine } from './each-machine.ts';
import { labFolder } from './folders.ts';
import { lockLab } from './lock-lab.ts';
import type { LabOptions } from './progress.ts';
import { tryReadState } from './state.ts';
import type { Waking } from './waking.ts';

/** Does something with machines of a lab that is up, side by side, under the lab's lock: all of them, or just those named. */
export async function onEach(
  spec: LabSpec,
  options: LabOptions,
  act: (driver: MachineDriver, waking: Waking) => Promise<void>,
  names: readonly string[] = spec.machines.map(({ name }) => name),
): Promise<void> {
  for (const name of names) if (!spec.machines.some((one) => one.name === name)) throw noMachine(spec, name);
  const folder = labFolder(spec);
  const release = await lockLab(folder, options);
  try {
    const before = tryReadState(folder);
    if (!before) throw machineNotUp(spec);
    const driver = driverNamed(before.driver, options.root);
    await driver.openNetwork(folder, before);
    const machines = spec.machines.filter(({ name }) => names.includes(name));
    await eachMachine({ ...spec, machines }, async (machine) => {
      const state = tryReadState(folder);
      if (!state?.machines[machine.name]) throw machineNotUp(spec, machine.name);
      await act(driver, { folder, state, machine });
    });
  } finally {
    release();
  }
}

/** The lab, or one machine of it, is not up. */
export const machineNotUp = (spec: LabSpec, host?: string) =>
  trouble('lab-not-up', host ? `The lab's machine ${host} is not up.` : `The lab ${spec.name} is not up.`, {
    help: `Bring it up: troupe lab up -i ${spec.inventory}`,
    ...(host && { host }),
  });

/** The lab has no such machine. */
export const noMachine = (spec: LabSpec, host: string) =>
  trouble('lab-no-machine', `The lab ${spec.name} has no machine "${host}".`, {
    help: `Its machines: ${spec.machines.map(({ name }) => name).join(', ')}.`,
  });
