import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import type { LabConnection, LabMachine, LabSpec } from '../model/lab.ts';
import { accelerator } from './accelerator.ts';
import { BOOT_LIMIT_MS, BOOTED, bootFiles, bootSnapshot, diskNames } from './boot-snapshot.ts';
import { labFolder, shortHash } from './folders.ts';
import { freePort, freeUdpPort } from './free-port.ts';
import { inGuest, untilReachable } from './guest.ts';
import { identityScript, macsOf } from './identity.ts';
import { image } from './image.ts';
import { forRunning, needPrograms } from './prerequisites.ts';
import type { LabOptions } from './progress.ts';
import { claim } from './publish.ts';
import { livingPid, SEGMENT_CARDS, startMachine } from './qemu.ts';
import { type LabState, labConnections, type MachineState, tryReadState, writeState } from './state.ts';
import { stopMachine } from './stop-machine.ts';

/** What starting a machine takes, besides its description. */
interface Ground {
  readonly imageFolder: string;
  readonly snapshot: string;
}

/**
 * Brings up all machines of a lab; those that are up stay as they are, one that was powered off boots from its disk, one
 * whose description has changed is made anew. Throws a Trouble with the end of its console for one that does not come up.
 */
export async function labUp(spec: LabSpec, options: LabOptions): Promise<readonly LabConnection[]> {
  await needPrograms(forRunning);
  const folder = labFolder(spec);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = await claim(join(folder, 'lock'));
  try {
    const { accel, grounds } = await prepare(spec, options);
    const state = await describe(spec, folder, grounds);
    writeState(folder, state);
    await Promise.all(
      spec.machines.map(async (machine) => {
        const ground = grounds.get(machine.name);
        const kept = state.machines[machine.name];
        if (ground && kept) await bringUp(machine, ground, accel, folder, state, kept, options);
      }),
    );
  } finally {
    release();
  }
  return labConnections(spec) ?? [];
}

/** Images and boot snapshots, one after another: each wants the whole machine. */
async function prepare(spec: LabSpec, options: LabOptions) {
  const grounds = new Map<string, Ground>();
  let accel: 'kvm' | 'tcg' = 'tcg';
  for (const machine of spec.machines) {
    const imageFolder = await image(machine.image, options);
    if (grounds.size === 0) {
      accel = await accelerator(bootFiles(imageFolder));
      options.onProgress({
        phase: 'accelerator',
        detail: accel === 'kvm' ? 'KVM works here' : 'KVM does not work here: emulating',
      });
    }
    grounds.set(machine.name, {
      imageFolder,
      snapshot: await bootSnapshot(machine, imageFolder, accel, options),
    });
  }
  return { accel, grounds };
}

/** The state to write down before anything starts: ports of machines and segments, kept where they exist. */
async function describe(
  spec: LabSpec,
  folder: string,
  grounds: ReadonlyMap<string, Ground>,
): Promise<LabState> {
  const before = tryReadState(folder);
  const segments: Record<string, number> = {};
  for (const name of new Set(spec.machines.flatMap((machine) => machine.nics.map((nic) => nic.segment)))) {
    segments[name] = before?.segments[name] ?? (await freeUdpPort());
  }
  const machines: Record<string, MachineState> = {};
  let identityFile = '';
  const hostKeys: string[] = [];
  for (const machine of spec.machines) {
    const ground = grounds.get(machine.name);
    if (!ground) continue;
    const described = shortHash(JSON.stringify([machine, ground.snapshot]));
    const kept = before?.machines[machine.name];
    const port = kept?.port ?? (await freePort());
    machines[machine.name] = {
      port,
      snapshot: ground.snapshot,
      described,
      ready: kept?.ready === true && kept.described === described,
    };
    identityFile = keepIdentity(folder, ground.imageFolder);
    hostKeys.push(
      `[127.0.0.1]:${port} ${readFileSync(join(ground.imageFolder, 'host_key.pub'), 'utf8').trim()}`,
    );
  }
  writeFileSync(join(folder, 'known_hosts'), `${hostKeys.join('\n')}\n`);
  return { inventory: spec.inventory, name: spec.name, machines, segments, identityFile };
}

/** The lab's own copy of the key that its images accept, so that forgetting the cache does not lock anybody out. */
function keepIdentity(folder: string, imageFolder: string): string {
  const file = join(folder, 'id_ed25519');
  rmSync(file, { force: true });
  copyFileSync(join(imageFolder, 'key'), file);
  chmodSync(file, 0o600);
  return file;
}

async function bringUp(
  machine: LabMachine,
  ground: Ground,
  accel: 'kvm' | 'tcg',
  folder: string,
  state: LabState,
  kept: MachineState,
  options: LabOptions,
): Promise<void> {
  const { name } = machine;
  const say = (phase: 'starting' | 'ready', detail: string) =>
    options.onProgress({ machine: name, phase, detail });
  const disks = diskNames(machine).map((disk) => join(folder, `${name}-${disk}`));
  const access = { port: kept.port, identityFile: join(ground.imageFolder, 'key') };
  const whole = kept.ready && disks.every((disk) => existsSync(disk));
  if (whole && livingPid(folder, name) !== undefined) return say('ready', 'is up already');
  await stopMachine(folder, name);
  say('starting', whole ? 'boots from its disk' : 'starts from the snapshot');
  const macs = macsOf(folder, name);
  if (!whole) {
    for (const [index, disk] of disks.entries()) {
      rmSync(disk, { force: true });
      await $({
        quiet: true,
      })`cp --reflink=auto --sparse=always ${join(ground.snapshot, `disk${index}.qcow2`)} ${disk}`;
    }
  }
  await startMachine({
    name,
    folder,
    boot: bootFiles(ground.imageFolder),
    accelerator: accel,
    memoryMiB: machine.memoryMiB,
    disks,
    sshPort: kept.port,
    segmentPorts: Array.from(
      { length: SEGMENT_CARDS },
      (_, card) => state.segments[machine.nics[card]?.segment ?? ''],
    ),
    macs,
    ...(whole ? {} : { loadSnapshot: BOOTED }),
  });
  await untilReachable(folder, name, access, BOOT_LIMIT_MS);
  if (!whole) await inGuest(access, identityScript(machine, macs));
  markReady(folder, name);
  say('ready', machine.nics.flatMap((nic) => nic.addresses).join(' '));
}

/** Machines come up side by side in one process: read, change, write without a pause between. */
function markReady(folder: string, name: string): void {
  const state = tryReadState(folder);
  const kept = state?.machines[name];
  if (state && kept)
    writeState(folder, { ...state, machines: { ...state.machines, [name]: { ...kept, ready: true } } });
}
