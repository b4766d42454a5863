import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { trouble } from '../diagnostics/trouble.ts';
import { processLives } from './claim.ts';

/** Cards on the segments that every machine has, used or not: one hardware shape, so one boot snapshot serves all. */
export const SEGMENT_CARDS = 3;

/** The files that a machine boots from. */
export interface BootFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** One QEMU process: its files are `NAME.pid`, `.console` and `.qmp` in `folder`. */
export interface MachineProcess {
  readonly name: string;
  readonly folder: string;
  readonly boot: BootFiles;
  readonly accelerator: 'kvm' | 'tcg';
  readonly memoryMiB: number;
  /** Root disk first; qcow2. */
  readonly disks: readonly string[];
  /** TCP port on loopback that is led to the guest's port 22. */
  readonly sshPort: number;
  /** UDP port of the multicast group of each card's segment; undefined for a card that leads nowhere. */
  readonly segmentPorts: readonly (number | undefined)[];
  /** MAC address of each segment card. */
  readonly macs: readonly string[];
  /** Snapshot to start from instead of booting. */
  readonly loadSnapshot?: string;
}

export const pidFile = (folder: string, name: string): string => join(folder, `${name}.pid`);
export const consoleFile = (folder: string, name: string): string => join(folder, `${name}.console`);
export const qmpFile = (folder: string, name: string): string => join(folder, `${name}.qmp`);

/** Process id of a machine's QEMU that lives; never a stranger that got the same number. */
export function livingPid(folder: string, name: string): number | undefined {
  const file = pidFile(folder, name);
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').trim());
  if (!processLives(pid)) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(file) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Arguments that make a guest quick where the processor is emulated (QEMU, "Tiny Code Generator"). */
export const accelArguments = (accelerator: 'kvm' | 'tcg'): readonly string[] =>
  accelerator === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi', '-cpu', 'max'];

/** Starts a machine in the background. Throws a Trouble with QEMU's own words where it does not start. */
export async function startMachine(machine: MachineProcess): Promise<void> {
  const started = await $({ nothrow: true, quiet: true })`qemu-system-x86_64 ${machineArguments(machine)}`;
  if (started.exitCode === 0) return;
  throw trouble('lab-start-failed', `QEMU did not start ${machine.name}: ${started.stderr.trim()}`, {
    help: 'Free memory and ports on this machine, or take the lab down and up again.',
  });
}

function machineArguments(machine: MachineProcess): readonly string[] {
  const { name, folder } = machine;
  return [
    ...[
      '-name',
      name,
      '-machine',
      'pc',
      ...accelArguments(machine.accelerator),
      '-m',
      String(machine.memoryMiB),
      '-smp',
      '1',
    ],
    ...[
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
      '-daemonize',
      '-pidfile',
      pidFile(folder, name),
    ],
    ...[
      '-kernel',
      machine.boot.kernel,
      '-initrd',
      machine.boot.initrd,
      '-append',
      'console=ttyS0 quiet mitigations=off',
    ],
    ...[
      '-serial',
      `file:${consoleFile(folder, name)}`,
      '-qmp',
      `unix:${qmpFile(folder, name)},server=on,wait=off`,
    ],
    ...machine.disks.flatMap((disk, index) => [
      ...['-drive', `file=${disk},format=qcow2,if=none,id=disk${index},cache=unsafe,discard=unmap`],
      ...[
        '-device',
        `virtio-blk-pci,drive=disk${index},addr=${(8 + index).toString(16)}${index > 0 ? `,serial=disk${index}` : ''}`,
      ],
    ]),
    ...['-netdev', `user,id=eth0,restrict=on,hostfwd=tcp:127.0.0.1:${machine.sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=eth0,addr=3,romfile='],
    ...Array.from({ length: SEGMENT_CARDS }, (_, card) => segmentCard(card, machine)).flat(),
    ...['-device', 'virtio-rng-pci,addr=7'],
    ...(machine.loadSnapshot ? ['-loadvm', machine.loadSnapshot] : []),
  ];
}

function segmentCard(card: number, { segmentPorts, macs }: MachineProcess): readonly string[] {
  const port = segmentPorts[card];
  // A card without a segment still needs a backend; a hub of its own leads nowhere.
  const wire =
    port === undefined
      ? `hubport,id=lan${card},hubid=${card}`
      : `socket,id=lan${card},mcast=230.0.0.1:${port},localaddr=127.0.0.1`;
  return [
    '-netdev',
    wire,
    '-device',
    `virtio-net-pci,netdev=lan${card},addr=${card + 4},romfile=,mac=${macs[card]}`,
  ];
}
