import { join } from 'node:path';
import { makeEmptyDisk } from '../disks.ts';
import type { MachineDriver } from '../driver.ts';
import { inGuest } from '../guest.ts';
import { runTool } from '../run-tool.ts';
import { stopMachine } from '../stop-machine.ts';
import { guestOf, stateOf, type Waking } from '../waking.ts';
import { umlKernel } from './kernel.ts';
import { cardOf, diskFile, machineCommand, rootFile, wireOf } from './machine.ts';
import { inside, openNetwork, runInside, startProcess } from './network.ts';
import { PROGRAMS, umlUnusable } from './usable.ts';

/**
 * User-Mode Linux: a kernel that runs as a program, so that the guest's programs run at the speed of this machine without
 * KVM and without root. A lab has namespaces of its own, in which a bridge is each segment's wire. New machines boot.
 */
export function umlDriver(root: string): MachineDriver {
  const scripts = join(root, 'scripts', 'lab-uml');
  async function start(waking: Waking) {
    const command = machineCommand(waking, scripts);
    await startProcess(waking.folder, waking.machine.name, [...inside(waking.folder), ...command]);
    return guestOf(waking);
  }
  return {
    name: 'uml',
    title: 'User-Mode Linux',
    programs: [...PROGRAMS, 'ssh'],
    stoppedClock: false,
    unusable: (options) => umlUnusable(options, scripts),
    async imageParts(options) {
      const { key, program, modules, title, lacks } = await umlKernel(options);
      options.onProgress({ phase: 'kernel', detail: lacks ? `${title}, ${lacks}` : title });
      return { key: `uml-${key}`, program, modules };
    },
    origin: async (_machine, image) => image,
    async wire(taken) {
      for (let number = 0; ; number++) if (!taken.includes(`seg${number}`)) return `seg${number}`;
    },
    openNetwork: (folder, state) => openNetwork(folder, state, scripts),
    disks,
    async makeDisks(waking) {
      // The root disk is made by the kernel, over the image.
      for (const [index, disk] of waking.machine.disks.entries())
        if (disk.shared === undefined) makeEmptyDisk(diskFile(waking, index), disk);
    },
    start,
    rewind: async () => false,
    async keep(waking, name) {
      // With the power cut nothing changes any more; it goes on from its disks, as the kept one will.
      await stopMachine(waking.folder, waking.machine.name);
      for (const disk of disks(waking)) await copy(disk, keptFile(disk, name));
      await inGuest(await start(waking), () => 'true\n');
    },
    async restore(waking, name) {
      const { machine } = waking;
      await stopMachine(waking.folder, machine.name);
      for (const disk of disks(waking)) await copy(keptFile(disk, name), disk);
      await inGuest(await start(waking), () => 'true\n');
    },
    // The tap itself stays up: at one that is down the guest's driver would spin.
    plug: (waking, card, isIn) =>
      runInside(waking.folder, [
        ...['ip', 'link', 'set', cardOf(stateOf(waking).number, card)],
        ...(isIn ? ['master', wireOf(waking, card) ?? ''] : ['nomaster']),
      ]),
  };
}

/** The root disk is what differs from the image (UML's copy-on-write). */
const disks = (waking: Waking): readonly string[] => [
  rootFile(waking),
  ...waking.machine.disks.flatMap(({ shared }, index) =>
    shared === undefined ? [diskFile(waking, index)] : [],
  ),
];

const keptFile = (disk: string, name: string): string => `${disk}.kept-${name.replace(/[^\w-]/g, '-')}`;

const copy = (from: string, to: string): Promise<string> =>
  runTool('cp', '--reflink=auto', '--sparse=always', from, to);
