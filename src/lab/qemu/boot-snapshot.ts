import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabMachine } from '../../model/lab.ts';
import { shortHash, snapshotsFolder } from '../folders.ts';
import { freePort } from '../free-port.ts';
import { inGuest } from '../guest.ts';
import { SEGMENT_CARDS } from '../identity.ts';
import { buildId } from '../image.ts';
import { qmpFile } from '../machine-files.ts';
import type { LabOptions } from '../progress.ts';
import { publish } from '../publish.ts';
import { runTool } from '../run-tool.ts';
import { stopMachine } from '../stop-machine.ts';
import { humanMonitor } from './monitor.ts';
import { type Accelerator, startMachine } from './process.ts';

/** Name of the internal snapshot of a machine that has just booted. */
export const BOOTED = 'booted';

/** Own disks of a machine, each by its number: the root disk, then the empty ones. Those that it shares are plugged in later. */
export const diskNames = ({ disks }: Pick<LabMachine, 'disks'>): readonly string[] => [
  'disk0.qcow2',
  ...disks.flatMap(({ shared }, index) => (shared === undefined ? [`disk${index + 1}.qcow2`] : [])),
];

/**
 * The disks of a machine that has booted and has no name yet, with its memory as a snapshot inside: one serves every machine
 * of the same image, memory and disks. In the cache; made by booting once.
 */
export async function bootSnapshot(
  machine: LabMachine,
  image: string,
  accelerator: Accelerator,
  options: LabOptions,
): Promise<string> {
  const { memoryMiB } = machine;
  const sizes = machine.disks.filter(({ shared }) => shared === undefined).map(({ sizeMiB }) => sizeMiB);
  const version = await runTool('qemu-system-x86_64', '--version');
  const processor = accelerator === 'kvm' ? readProcessor() : '';
  const shape = [
    image,
    buildId(image),
    memoryMiB,
    sizes,
    diskNames(machine),
    accelerator,
    processor,
    version,
    SEGMENT_CARDS,
  ];
  return publish(join(snapshotsFolder(), shortHash(JSON.stringify(shape))), options, async (folder) => {
    const how = accelerator === 'kvm' ? 'KVM' : 'emulated: about half a minute';
    options.onProgress({ phase: 'snapshot', detail: `booting the image once, ${memoryMiB} MiB (${how})` });
    const disks = diskNames(machine).map((name) => join(folder, name));
    const [root = '', ...empty] = disks;
    await runTool(
      'qemu-img',
      'create',
      '-q',
      '-f',
      'qcow2',
      '-F',
      'qcow2',
      '-b',
      join(image, 'root.qcow2'),
      root,
    );
    for (const [index, disk] of empty.entries())
      await runTool('qemu-img', 'create', '-q', '-f', 'qcow2', disk, `${sizes[index]}M`);
    const sshPort = await freePort();
    await startMachine({
      ...{ name: 'boot', folder, image, accelerator, memoryMiB, disks, sshPort },
      wires: [],
      macs: Array.from({ length: SEGMENT_CARDS }, (_, card) => `52:54:00:00:00:0${card}`),
    });
    // What starts late is in the snapshot too, so that no machine pays for it again.
    await inGuest(
      { folder, name: 'boot', port: sshPort, identityFile: join(image, 'key') },
      () => 'systemctl is-system-running --wait >/dev/null || true\nsync\necho 3 >/proc/sys/vm/drop_caches\n',
    );
    await humanMonitor(qmpFile(folder, 'boot'), `savevm ${BOOTED}`);
    await stopMachine(folder, 'boot');
  });
}

/** A guest that uses the real processor cannot go on with another one. */
const readProcessor = (): string =>
  readFileSync('/proc/cpuinfo', 'utf8')
    .split('\n')
    .filter((line) => /^(model name|flags)/.test(line))
    .slice(0, 2)
    .join();
