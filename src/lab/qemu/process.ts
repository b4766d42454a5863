import { join } from 'node:path';
import { SEGMENT_CARDS } from '../identity.ts';
import { consoleFile, pidFile, qmpFile } from '../machine-files.ts';
import { runTool } from '../run-tool.ts';

export type Accelerator = 'kvm' | 'tcg';

/** One QEMU process: its files are `NAME.pid`, `.console` and `.qmp` in `folder`. */
export interface MachineProcess {
  readonly name: string;
  readonly folder: string;
  /** Folder of its image: kernel and initrd. */
  readonly image: string;
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  /** Root disk first; qcow2, each named `diskN` by its number. */
  readonly disks: readonly string[];
  /** TCP port on loopback that is led to the guest's port 22. */
  readonly sshPort: number;
  /** Multicast group of each card's segment; undefined for a card that leads nowhere. */
  readonly wires: readonly (string | undefined)[];
  /** MAC address of each segment card. */
  readonly macs: readonly string[];
  /** Snapshot to start from instead of booting. */
  readonly loadSnapshot?: string;
}

/** Arguments that make a guest quick where the processor is emulated (QEMU, "Tiny Code Generator"). */
export const accelArguments = (accelerator: Accelerator): readonly string[] =>
  words(accelerator === 'kvm' ? '-accel kvm -cpu host' : '-accel tcg,thread=multi -cpu max');

/** Starts a machine in the background. Throws a Trouble with QEMU's own words where it does not start. */
export async function startMachine(machine: MachineProcess): Promise<void> {
  await runTool('qemu-system-x86_64', ...machineArguments(machine));
}

/** The command line of a machine's QEMU. Slots on the bus are fixed: the guest names its cards by them. */
export function machineArguments(machine: MachineProcess): readonly string[] {
  const { name, folder, image, sshPort } = machine;
  return [
    ...['-name', name],
    ...words('-machine pc -nodefaults -no-user-config -display none -daemonize -smp 1'),
    ...accelArguments(machine.accelerator),
    ...['-m', String(machine.memoryMiB), '-pidfile', pidFile(folder, name)],
    ...['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'initrd.img')],
    ...['-append', 'console=ttyS0 quiet mitigations=off ip=10.0.2.15:::255.255.255.0::eth0:off'],
    ...['-serial', `file:${escaped(consoleFile(folder, name))}`],
    ...['-qmp', `unix:${escaped(qmpFile(folder, name))},server=on,wait=off`],
    ...machine.disks.flatMap(disk),
    ...['-netdev', `user,id=eth0,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=eth0,addr=3,romfile='],
    ...Array.from({ length: SEGMENT_CARDS }, (_, card) => segmentCard(card, machine)).flat(),
    ...words('-device virtio-rng-pci,addr=7'),
    ...(machine.loadSnapshot ? ['-loadvm', machine.loadSnapshot] : []),
  ];
}

const FIRST_DISK_SLOT = 8;

/** The slot of a disk on the bus, by its number; the root disk is number 0. */
export const slotOf = (number: number): string => (FIRST_DISK_SLOT + number).toString(16);

function disk(file: string): readonly string[] {
  const index = Number(/disk(\d+)\.qcow2$/.exec(file)?.[1]);
  const serial = index > 0 ? `,serial=disk${index}` : '';
  return [
    ...['-drive', `file=${escaped(file)},format=qcow2,if=none,id=disk${index},cache=unsafe,discard=unmap`],
    ...['-device', `virtio-blk-pci,drive=disk${index},addr=${slotOf(index)}${serial}`],
  ];
}

/** By this QEMU's monitor knows the wire of a card. */
export const wireId = (card: number): string => `wire${card}`;

function segmentCard(card: number, { wires, macs }: MachineProcess): readonly string[] {
  const wire = wires[card];
  // Each card is on a hub of its own, and the segment's wire on another port of it: taken off there, the card keeps its carrier.
  const segment =
    wire === undefined
      ? []
      : [
          ...['-netdev', `socket,id=${wireId(card)},mcast=${wire},localaddr=127.0.0.1`],
          ...['-netdev', `hubport,id=port${card},hubid=${card},netdev=${wireId(card)}`],
        ];
  const device = `virtio-net-pci,netdev=lan${card},addr=${card + 4},romfile=,mac=${macs[card]}`;
  return ['-netdev', `hubport,id=lan${card},hubid=${card}`, ...segment, '-device', device];
}

/** QEMU's options are parted by commas; one in a value is doubled. */
const escaped = (file: string): string => file.replaceAll(',', ',,');

const words = (text: string): readonly string[] => text.split(' ');
