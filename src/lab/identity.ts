import { createHash, randomBytes } from 'node:crypto';
import type { LabMachine } from '../model/lab.ts';
import { SEGMENT_CARDS } from './qemu.ts';

/** MAC addresses of a machine's segment cards: locally administered, the same at each start, different in each lab. */
export const macsOf = (lab: string, machine: string): readonly string[] =>
  Array.from({ length: SEGMENT_CARDS }, (_, card) => {
    const hash = createHash('sha256').update(`${lab}\0${machine}\0${card}`).digest('hex');
    return `52:54:00:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`;
  });

/** Script that sets the clock, which stood still with the snapshot, and stirs the random numbers that it repeats. */
export const wakeScript = (): string =>
  `date -u -s @${(Date.now() / 1000).toFixed(2)} >/dev/null\nprintf %s ${randomBytes(32).toString('hex')} >/dev/urandom\n`;

/** Script that makes the nameless machine of a boot snapshot the one that the inventory describes; it outlives reboots. */
export function identityScript(machine: LabMachine, macs: readonly string[]): string {
  const cards = machine.nics.map((nic, card) => ({ ...nic, name: `lan${card}`, mac: macs[card] ?? '' }));
  return [
    wakeScript(),
    `echo ${machine.name} >/etc/hostname`,
    `hostname ${machine.name}`,
    `printf '127.0.0.1 localhost\\n127.0.1.1 ${machine.name}\\n::1 localhost ip6-localhost ip6-loopback\\n' >/etc/hosts`,
    `echo ${randomBytes(16).toString('hex')} >/etc/machine-id`,
    ...cards.flatMap((card) => [
      `ip link set ${card.name} down address ${card.mac}`,
      `cat >/etc/systemd/network/30-${card.name}.network <<'END'`,
      '[Match]',
      `Name=${card.name}`,
      '[Network]',
      'LinkLocalAddressing=no',
      'IPv6AcceptRA=no',
      ...card.addresses.map((address) => `Address=${address}`),
      ...(card.gateway ? [`Gateway=${card.gateway}`] : []),
      'END',
    ]),
    'systemctl restart systemd-networkd',
    ...cards.flatMap((card) => card.addresses.map((address) => waitForAddress(card.name, address))),
    'sync',
  ].join('\n');
}

const waitForAddress = (card: string, address: string): string =>
  `i=0; until [ -n "$(ip -o address show dev ${card} to ${address})" ]; do i=$((i+1)); [ $i -lt 100 ] || { echo "${card} has no ${address}" >&2; exit 1; }; sleep 0.2; done`;
