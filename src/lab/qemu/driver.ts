import { join } from 'node:path';
import { sharedFile, sharesDisks } from '../disks.ts';
import type { MachineDriver } from '../driver.ts';
import { freePort, freeWire } from '../free-port.ts';
import { type Guest, inGuest } from '../guest.ts';
import { clockScript, macsOf, SEGMENT_CARDS } from '../identity.ts';
import { qmpFile } from '../machine-files.ts';
import { runTool } from '../run-tool.ts';
import { updateMachine } from '../state.ts';
import { stopMachine } from '../stop-machine.ts';
import { guestOf, isRunning, stateOf, type Waking } from '../waking.ts';
import { kvmUnusable } from './accelerator.ts';
import { BOOTED, bootSnapshot, diskNames } from './boot-snapshot.ts';
import { humanMonitor } from './monitor.ts';
import { type Accelerator, slotOf, startMachine, wireId } from './process.ts';

/**
 * QEMU, with KVM or emulating. The way in is its user-mode network, segments are multicast groups on loopback, and new
 * machines start from the memory of one that has booted.
 */
export const qemuDriver = (accelerator: Accelerator): MachineDriver => ({
  name: accelerator,
  title: accelerator === 'kvm' ? 'QEMU with KVM' : 'QEMU, emulating the processor (slow)',
  programs: ['qemu-system-x86_64', 'qemu-img', 'ssh'],
  stoppedClock: true,
  unusable: async (options) => (accelerator === 'kvm' ? kvmUnusable(options) : undefined),
  imageParts: async () => ({ key: 'qemu', modules: 'qemu' }),
  origin: (machine, image, options) => bootSnapshot(machine, image, accelerator, options),
  wire: () => freeWire(),
  openNetwork: async () => {},
  disks,
  async makeDisks(waking) {
    const { origin } = stateOf(waking);
    // What was kept is in the disks.
    updateMachine(waking.folder, waking.machine.name, { kept: [] });
    for (const [index, name] of diskNames(waking.machine).entries())
      await runTool(
        'cp',
        '--reflink=auto',
        '--sparse=always',
        join(origin, name),
        disks(waking)[index] ?? '',
      );
  },
  start: (waking, how) => start(accelerator, waking, how === 'new' ? BOOTED : undefined),
  async rewind(waking) {
    // What was plugged in is in no snapshot.
    if (sharesDisks(waking.machine)) return false;
    await monitor(waking, `loadvm ${BOOTED}`);
    await plugAll(waking);
    return true;
  },
  keep: (waking, name) => monitor(waking, `savevm ${keptName(name)}`),
  async restore(waking, name) {
    if (isRunning(waking)) await monitor(waking, `loadvm ${keptName(name)}`);
    else {
      await stopMachine(waking.folder, waking.machine.name);
      await start(accelerator, waking, keptName(name));
    }
    await inGuest(guestOf(waking), clockScript);
  },
  plug: setLink,
});

const disks = ({ folder, machine }: Waking): readonly string[] =>
  diskNames(machine).map((disk) => join(folder, `${machine.name}-${disk}`));

const monitor = ({ folder, machine }: Pick<Waking, 'folder' | 'machine'>, line: string): Promise<void> =>
  humanMonitor(qmpFile(folder, machine.name), line);

/** At the other port of the card's hub: so the guest keeps its carrier, as behind a switch whose other cable is out. */
const setLink = (waking: Waking, card: number, isIn: boolean): Promise<void> =>
  monitor(waking, `set_link ${wireId(card)} ${isIn ? 'on' : 'off'}`);

async function plugAll(waking: Waking): Promise<void> {
  for (const card of stateOf(waking).unplugged ?? []) await setLink(waking, card, true);
}

/** QEMU's snapshots are of disks that it writes alone, so those that machines share come after it. */
async function plugSharedDisks(waking: Waking): Promise<void> {
  for (const [index, { shared }] of waking.machine.disks.entries()) {
    if (shared === undefined) continue;
    const number = index + 1;
    const file = sharedFile(waking.folder, shared).replaceAll(',', ',,');
    await monitor(waking, `drive_add 0 file=${file},format=raw,if=none,id=shared${number},file.locking=off`);
    await monitor(
      waking,
      `device_add virtio-blk-pci,drive=shared${number},serial=disk${number},share-rw=on,addr=${slotOf(number)}`,
    );
  }
}

/** QEMU's monitor takes words apart at blanks, and numbers for ids. */
const keptName = (name: string): string => `kept-${name.replace(/\W/g, '-')}`;

const ATTEMPTS = 3;

/** Between our asking for a free port and QEMU's taking it, somebody else may: then another is tried. */
async function start(accelerator: Accelerator, waking: Waking, snapshot: string | undefined): Promise<Guest> {
  const { folder, machine, state } = waking;
  const kept = stateOf(waking);
  for (let attempt = 1, sshPort = kept.port; ; attempt++, sshPort = await freePort()) {
    if (sshPort !== kept.port) updateMachine(folder, machine.name, { port: sshPort });
    try {
      await startMachine({
        ...{ name: machine.name, folder, image: kept.image, accelerator },
        ...{ memoryMiB: machine.memoryMiB, disks: disks(waking), sshPort },
        wires: Array.from(
          { length: SEGMENT_CARDS },
          (_, card) => state.segments[machine.nics[card]?.segment ?? ''],
        ),
        macs: macsOf(folder, machine.name),
        ...(snapshot === undefined ? {} : { loadSnapshot: snapshot }),
      });
      for (const card of kept.unplugged ?? []) await setLink(waking, card, false);
      await plugSharedDisks(waking);
      return guestOf(waking);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
