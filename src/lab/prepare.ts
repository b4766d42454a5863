import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabSpec } from '../model/lab.ts';
import { accelerator } from './accelerator.ts';
import { bootSnapshot } from './boot-snapshot.ts';
import { shortHash } from './folders.ts';
import { freePort, freeWire } from './free-port.ts';
import { image } from './image.ts';
import type { LabOptions } from './progress.ts';
import { type Accelerator, type LabState, type MachineState, tryReadState } from './state.ts';

/**
 * Makes what all machines start from (images, boot snapshots), and answers the state to write down before any starts.
 * Ports, wires and what is known of machines are kept from an earlier `up`.
 */
export async function prepare(spec: LabSpec, folder: string, options: LabOptions): Promise<LabState> {
  const before = tryReadState(folder);
  const identityFile = join(folder, 'id_ed25519');
  let accel: Accelerator | undefined;
  const machines: Record<string, MachineState> = {};
  // One after another: each image and each boot wants the whole machine.
  for (const machine of spec.machines) {
    const imageFolder = await image(machine.image, options);
    accel ??= await chooseAccelerator(imageFolder, options);
    const snapshot = await bootSnapshot(machine, imageFolder, accel, options);
    const described = shortHash(JSON.stringify([machine, snapshot]));
    const kept = before?.machines[machine.name];
    machines[machine.name] = {
      port: kept?.port ?? (await freePort()),
      image: imageFolder,
      snapshot,
      accelerator: accel,
      hostKey: readFileSync(join(imageFolder, 'host_key.pub'), 'utf8').trim(),
      described,
      ready: kept?.ready === true && kept.described === described,
    };
    keepIdentity(join(imageFolder, 'key'), identityFile);
  }
  const segments: Record<string, string> = {};
  for (const { segment } of spec.machines.flatMap((machine) => machine.nics))
    segments[segment] ??= before?.segments[segment] ?? (await freeWire());
  return { inventory: spec.inventory, name: spec.name, machines, segments, identityFile };
}

async function chooseAccelerator(imageFolder: string, options: LabOptions): Promise<Accelerator> {
  const accel = await accelerator(imageFolder);
  const detail = accel === 'kvm' ? 'KVM works here' : 'KVM does not work here: processors are emulated';
  options.onProgress({ phase: 'accelerator', detail });
  return accel;
}

/** The lab's own copy of the key that its images accept: an inventory's connections do not reach into the cache. */
function keepIdentity(key: string, file: string): void {
  copyFileSync(key, file);
  chmodSync(file, 0o600);
}
