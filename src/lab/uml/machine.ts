import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFile } from '../disks.ts';
import { macsOf, SEGMENT_CARDS } from '../identity.ts';
import { consoleFile, pidFile } from '../machine-files.ts';
import { stateOf, type Waking } from '../waking.ts';
import { addressOf } from './network.ts';

/** The bridge that is the way in; the machines on it do not see each other. */
const WAY_IN = 'ctl';

/** Where the lab's namespace has its file system in memory: a short path, as sockets want one. */
const MEMORY = '/dev/shm';

/** What a machine's root disk has over its image (UML's copy-on-write). */
export const rootFile = ({ folder, machine }: Waking): string => join(folder, `${machine.name}-root.cow`);

/** One of a machine's own empty disks, by its index. */
export const diskFile = ({ folder, machine }: Waking, index: number): string =>
  join(folder, `${machine.name}-disk${index + 1}.img`);

/** The bridge that is the wire of a card's segment; undefined for a card that leads nowhere. */
export const wireOf = ({ state, machine }: Waking, card: number): string | undefined =>
  state.segments[machine.nics[card]?.segment ?? ''];

/** The tap that is a machine's card on a segment. */
export const cardOf = (number: number, card: number): string => `m${number}-lan${card}`;

/**
 * The command that runs a machine in its lab's network until it is powered off. Both processes of a system call stay on one
 * processor: between two of them a switch costs ten times as much.
 */
export function machineCommand(waking: Waking, scripts: string): readonly string[] {
  const { folder, machine } = waking;
  const { number, image, unplugged = [] } = stateOf(waking);
  const wires = Array.from({ length: SEGMENT_CARDS }, (_, card) => wireOf(waking, card) ?? '');
  const cards = [
    `m${number},${WAY_IN}`,
    ...wires.map((wire, card) => [cardOf(number, card), unplugged.includes(card) ? '' : wire].join()),
  ];
  return [
    ...['unshare', '--pid', '--fork', '--kill-child', 'taskset', '--cpu-list', String(processorFor(number))],
    ...['sh', join(scripts, 'machine.sh'), pidFile(folder, machine.name), consoleFile(folder, machine.name)],
    ...[...cards, '--', join(image, 'linux'), ...kernelArguments(waking, number, image)],
  ];
}

function kernelArguments(waking: Waking, number: number, image: string): readonly string[] {
  const { folder, machine } = waking;
  const macs = [wayInMac(folder, machine.name), ...macsOf(folder, machine.name)];
  const taps = [`m${number}`, ...macs.slice(1).map((_, card) => cardOf(number, card))];
  return [
    ...[`mem=${machine.memoryMiB}M`, `umid=${machine.name}`, `uml_dir=${MEMORY}/`, 'noreboot'],
    // The guest's root could mount this machine's files by hostfs; it gets an empty folder.
    `hostfs=${MEMORY}/nothing`,
    `ubd0=${rootFile(waking)},${join(image, 'root.img')}`,
    // `c`: another machine may have it, too.
    ...machine.disks.map(({ shared }, index) =>
      shared === undefined
        ? `ubd${index + 1}=${diskFile(waking, index)}`
        : `ubd${index + 1}c=${sharedFile(folder, shared)}`,
    ),
    ...['root=/dev/ubda', 'rw', 'init=/lib/systemd/systemd', 'selinux=0'],
    ...['con=null', 'con0=null,fd:1', 'ssl=null', 'console=tty0', 'quiet'],
    // Without `gro` the driver drops what the other side's card has put together, and iSCSI hangs.
    ...taps.map((tap, index) => `vec${index}:transport=tap,ifname=${tap},depth=64,gro=1,mac=${macs[index]}`),
    `ip=${addressOf(number)}:::255.255.255.0::eth0:off`,
  ];
}

function wayInMac(lab: string, machine: string): string {
  const digits = hash('sha256', `${lab}\0${machine}\0in`);
  return `52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`;
}

/** One of the processors that this process may use: machines take them in turns. */
function processorFor(number: number): number {
  const [, list = '0'] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const allowed = list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return allowed[number % allowed.length] ?? 0;
}
