import { mkdirSync } from 'node:fs';
import type { LabConnection, LabSpec } from '../model/lab.ts';
import { labConnections } from './connections.ts';
import { eachMachine } from './each-machine.ts';
import { labFolder } from './folders.ts';
import { lockLab } from './lock-lab.ts';
import { livingPid } from './machine-files.ts';
import { prepare } from './prepare.ts';
import { needForRunning } from './prerequisites.ts';
import type { LabOptions } from './progress.ts';
import { tryReadState, writeState } from './state.ts';
import { stopMachine } from './stop-machine.ts';
import { hasDisks, type Waking, wakeAnew, wakeFromDisk } from './wake.ts';

/**
 * Brings up all machines of a lab; those that are up stay as they are, one that was powered off boots from its disk, one
 * whose description or image has changed is made anew, one that is no longer described goes. Throws a Trouble with the end
 * of its console for one that does not come up.
 */
export async function labUp(spec: LabSpec, options: LabOptions): Promise<readonly LabConnection[]> {
  await needForRunning();
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
    await eachMachine(spec, (machine) => bringUp({ folder, state, machine }, options));
  } finally {
    release();
  }
  return labConnections(spec) ?? [];
}

async function bringUp(waking: Waking, options: LabOptions): Promise<void> {
  const { folder, machine } = waking;
  const say = (phase: 'starting' | 'ready', detail: string) =>
    options.onProgress({ machine: machine.name, phase, detail });
  const whole = hasDisks(waking);
  if (whole && livingPid(folder, machine.name) !== undefined) return say('ready', 'is up already');
  say('starting', whole ? 'boots from its disk' : 'starts from the boot snapshot');
  await (whole ? wakeFromDisk(waking) : wakeAnew(waking));
  say('ready', machine.nics.flatMap((nic) => nic.addresses).join(' '));
}
