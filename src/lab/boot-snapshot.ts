import { join } from 'node:path';
import { $ } from 'zx';
import type { LabMachine } from '../model/lab.ts';
import { cacheFolder, shortHash } from './folders.ts';
import { freePort } from './free-port.ts';
import { inGuest, untilReachable } from './guest.ts';
import { humanMonitor, monitor } from './monitor.ts';
import type { LabOptions } from './progress.ts';
import { publish } from './publish.ts';
import { type BootFiles, qmpFile, SEGMENT_CARDS, startMachine } from './qemu.ts';
import { stopMachine } from './stop-machine.ts';

/** Name of the internal snapshot of a machine that has just booted. */
export const BOOTED = 'booted';
/** Longest that a boot may take: emulated, on a busy machine. */
export const BOOT_LIMIT_MS = 420_000;

/** Files of an image that a machine boots from. */
export const bootFiles = (imageFolder: string): BootFiles => ({
  kernel: join(imageFolder, 'vmlinuz'),
  initrd: join(imageFolder, 'initrd.img'),
});

/** Disks of a machine, by number: the root disk, then the empty ones. */
export const diskNames = (machine: Pick<LabMachine, 'disksMiB'>): readonly string[] =>
  [0, ...machine.disksMiB].map((_, index) => `disk${index}.qcow2`);

/**
 * The disks of a machine that has booted and has no name yet, with its memory as a snapshot inside: one serves every machine
 * of the same image, memory and disks. In the cache; made by booting once.
 */
export async function bootSnapshot(
  machine: LabMachine,
  imageFolder: string,
  accelerator: 'kvm' | 'tcg',
  options: LabOptions,
): Promise<string> {
  const version = (await $({ quiet: true })`qemu-system-x86_64 --version`).stdout;
  const shape = JSON.stringify([
    imageFolder,
    machine.memoryMiB,
    machine.disksMiB,
    accelerator,
    version,
    SEGMENT_CARDS,
  ]);
  return publish(join(cacheFolder(), 'snapshots', shortHash(shape)), async (folder) => {
    options.onProgress({
      phase: 'snapshot',
      detail: `booting the image once (${machine.memoryMiB} MiB, ${accelerator === 'kvm' ? 'KVM' : 'emulated: half a minute'}); later starts are quick`,
    });
    const disks = diskNames(machine).map((name) => join(folder, name));
    await $({
      quiet: true,
    })`qemu-img create -q -f qcow2 -b ${join(imageFolder, 'root.qcow2')} -F qcow2 ${disks[0]}`;
    for (const [index, size] of machine.disksMiB.entries()) {
      await $({ quiet: true })`qemu-img create -q -f qcow2 ${disks[index + 1]} ${size}M`;
    }
    const port = await freePort();
    const access = { port, identityFile: join(imageFolder, 'key') };
    try {
      await startMachine({
        name: 'boot',
        folder,
        boot: bootFiles(imageFolder),
        accelerator,
        memoryMiB: machine.memoryMiB,
        disks,
        sshPort: port,
        segmentPorts: [],
        macs: Array.from({ length: SEGMENT_CARDS }, (_, card) => `52:54:00:00:00:0${card}`),
      });
      await untilReachable(folder, 'boot', access, BOOT_LIMIT_MS);
      // What starts late (user sessions, timers) is in the snapshot too, so that no machine pays for it again.
      await inGuest(
        access,
        'systemctl is-system-running --wait >/dev/null || true\nsync\necho 3 >/proc/sys/vm/drop_caches',
      );
      await humanMonitor(qmpFile(folder, 'boot'), `savevm ${BOOTED}`);
      await monitor(qmpFile(folder, 'boot'), 'quit').catch(() => {});
    } finally {
      await stopMachine(folder, 'boot');
    }
  });
}
