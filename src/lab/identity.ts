import { hash, randomBytes } from 'node:crypto';
import type { LabMachine, LabNic } from '../model/lab.ts';

/** Cards on the segments that every machine has, used or not: one hardware shape, so one boot snapshot serves all. */
export const SEGMENT_CARDS = 3;

/** MAC addresses of a machine's segment cards: the same at each start, different for each machine of each lab. */
export const macsOf = (lab: string, machine: string): readonly string[] =>
  Array.from({ length: SEGMENT_CARDS }, (_, card) => {
    const digits = hash('sha256', `${lab}\0${machine}\0${card}`);
    return `52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`;
  });

/** Script that sets the clock, which stood still with the snapshot, and stirs the random numbers that it repeats. */
export const clockScript = (): string =>
  [
    `date -u -s @${(Date.now() / 1000).toFixed(2)} >/dev/null`,
    `printf %s ${randomBytes(32).toString('hex')} >/dev/urandom`,
    '',
  ].join('\n');

/**
 * Script that makes a new, nameless machine the one that the inventory describes. What it does outlives reboots, and it may
 * be run twice.
 */
export function identityScript(machine: LabMachine, macs: readonly string[]): string {
  const { name } = machine;
  return [
    `echo ${name} >/etc/hostname`,
    `hostname ${name}`,
    `printf '127.0.0.1 localhost\\n127.0.1.1 ${name}\\n::1 localhost ip6-localhost ip6-loopback\\n' >/etc/hosts`,
    `echo ${randomBytes(16).toString('hex')} >/etc/machine-id`,
    ...machine.nics.flatMap((nic, card) => cardLines(`lan${card}`, nic, macs[card] ?? '')),
    'systemctl restart systemd-networkd',
    ...machine.nics.flatMap((nic, card) =>
      nic.addresses.map((address) => awaitAddress(`lan${card}`, address)),
    ),
    'sync',
    '',
  ].join('\n');
}

const cardLines = (name: string, nic: LabNic, mac: string): readonly string[] => [
  // A machine from a boot snapshot has another address until it is rebooted.
  `[ "$(cat /sys/class/net/${name}/address)" = ${mac} ] || ip link set ${name} down address ${mac}`,
  `cat >/etc/systemd/network/30-${name}.network <<'END'`,
  '[Match]',
  `Name=${name}`,
  '[Network]',
  'LinkLocalAddressing=no',
  'IPv6AcceptRA=no',
  ...nic.addresses.map((address) => `Address=${address}`),
  ...(nic.gateway ? [`Gateway=${nic.gateway}`] : []),
  'END',
];

const awaitAddress = (card: string, address: string): string =>
  `i=0; until [ -n "$(ip -o address show dev ${card} to ${address})" ]; do i=$((i+1)); [ $i -lt 100 ] || { echo "${card} has no ${address}" >&2; exit 1; }; sleep 0.1; done`;
