import { type ReadFile, readFile, type StatPath, stat } from '../model/probe.ts';
import { type Step, step } from '../model/step.ts';
import type { Keeper } from './keeper.ts';
import { WRITTEN, withBlock } from './network-blocks.ts';
import { fileSteps, textOf } from './text-file.ts';

type Probes = {
  readonly unitFile: ReadFile;
  readonly unitLink: StatPath;
};

const ROOM = '/etc/systemd/system';
const nameOf = (device: string): string => `troupe-network-${device.replace(/[^\w-]/g, '-')}.service`;
const fileOf = (device: string): string => `${ROOM}/${nameOf(device)}`;
const linkOf = (device: string): string => `${ROOM}/multi-user.target.wants/${nameOf(device)}`;

/** A oneshot unit of our own, where nobody owns a device: NetworkManager leaves lo alone before 1.42, and tunl0 always. */
export const unitKeeper: Keeper<Probes> = {
  inspect: (device) => ({ unitFile: readFile(fileOf(device)), unitLink: stat(linkOf(device)) }),
  plan: (device, entry, kept, found) => {
    const before = textOf(found.unitFile) ?? '';
    const block = `[Service]\nExecStart=${entry.command.join(' ')}`;
    const after = withBlock(before, head(device), entry, kept ? block : undefined);
    return [
      ...fileSteps('saved', fileOf(device), before, after),
      ...linkSteps(device, found.unitLink.exists, after !== ''),
    ];
  },
};

function linkSteps(device: string, linked: boolean, wanted: boolean): readonly Step[] {
  const path = linkOf(device);
  if (linked === wanted) return [];
  if (!wanted) return [step('at boot', true, undefined, { action: { kind: 'remove', path } })];
  return [step('at boot', undefined, true, { action: { kind: 'makeLink', path, target: fileOf(device) } })];
}

const head = (device: string): string =>
  [
    WRITTEN,
    '[Unit]',
    `Description=Addresses and routes of ${device}`,
    'Wants=network-online.target',
    'After=network-online.target systemd-sysctl.service',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=ip link set dev ${device} up`,
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n');
