import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { type Choice, chooseDriver, demandedDriver } from './choose-driver.ts';
import { driverNamed } from './drivers.ts';
import { shortHash } from './folders.ts';
import { freePort } from './free-port.ts';
import { image } from './image.ts';
import { livingPid } from './machine-files.ts';
import { need } from './prerequisites.ts';
import type { LabOptions } from './progress.ts';
import { type LabState, type MachineState, tryReadState } from './state.ts';

/**
 * Makes what all machines start from (images, boot snapshots), and answers the state to write down before any starts.
 * Ports, wires and what is known of machines are kept from an earlier `up`.
 */
export async function prepare(spec: LabSpec, folder: string, options: LabOptions): Promise<LabState> {
  const before = tryReadState(folder);
  const { driver, passedOver } = await driverFor(spec, folder, before, options);
  await need(driver.programs);
  const quicker = passedOver.map((one) => `; not ${one.driver}: ${one.why}`).join('');
  options.onProgress({ phase: 'driver', detail: `${driver.title}${quicker}` });
  const identityFile = join(folder, 'id_ed25519');
  const parts = await driver.imageParts(options);
  const machines: Record<string, MachineState> = {};
  // One after another: each image and each boot wants the whole machine.
  for (const machine of spec.machines) {
    const imageFolder = await image(machine.image, parts, options);
    const origin = await driver.origin(machine, imageFolder, options);
    const described = shortHash(JSON.stringify([machine, origin]));
    const kept = before?.machines[machine.name];
    machines[machine.name] = {
      number: kept?.number ?? freeNumber(before, machines),
      port: kept?.port ?? (await freePort()),
      image: imageFolder,
      origin,
      hostKey: readFileSync(join(imageFolder, 'host_key.pub'), 'utf8').trim(),
      described,
      ready: kept?.ready === true && kept.described === described,
      kept: kept?.kept ?? [],
      unplugged: kept?.unplugged ?? [],
    };
    keepIdentity(join(imageFolder, 'key'), identityFile);
  }
  const segments: Record<string, string> = {};
  const known = before?.driver === driver.name ? before.segments : {};
  for (const { segment } of spec.machines.flatMap((machine) => machine.nics))
    segments[segment] ??=
      known[segment] ?? (await driver.wire([...Object.values(known), ...Object.values(segments)]));
  const { inventory, name } = spec;
  return { inventory, name, driver: driver.name, passedOver, machines, segments, identityFile };
}

/** A lab keeps the driver that its running machines have. */
async function driverFor(
  spec: LabSpec,
  folder: string,
  before: LabState | undefined,
  options: LabOptions,
): Promise<Choice> {
  const running = Object.keys(before?.machines ?? {}).some((name) => livingPid(folder, name) !== undefined);
  if (!before || !running) return chooseDriver(options);
  const demanded = demandedDriver();
  if (demanded && demanded !== before.driver) {
    throw trouble('lab-driver', `The lab ${spec.name} is up by ${before.driver}, not by ${demanded}.`, {
      help: `Take it down first: troupe lab down -i ${spec.inventory}`,
    });
  }
  return { driver: driverNamed(before.driver, options.root), passedOver: before.passedOver };
}

function freeNumber(before: LabState | undefined, machines: Readonly<Record<string, MachineState>>): number {
  const taken = [...Object.values(before?.machines ?? {}), ...Object.values(machines)].map(
    ({ number }) => number,
  );
  let number = 1;
  while (taken.includes(number)) number++;
  return number;
}

/** The lab's own copy of the key that its images accept: an inventory's connections do not reach into the cache. */
function keepIdentity(key: string, file: string): void {
  copyFileSync(key, file);
  chmodSync(file, 0o600);
}
