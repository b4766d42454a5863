import type { ReadFile, StatPath } from '../model/probe.ts';
import { readFile, stat } from '../model/probe-makers.ts';
import { type Step, step } from '../model/step.ts';
import type { Keeper } from './keeper.ts';
import { WRITTEN, withBlock } from './network-blocks.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

type Probes = {
  readonly unitFile: ReadFile;
  readonly unitLink: StatPath;
  readonly wants: StatPath;
};

const ROOM = '/etc/systemd/system';
const nameOf = (device: string): string => `troupe-network-${device.replace(/[^\w-]/g, '-')}.service`;
const fileOf = (device: string): string => `${ROOM}/${nameOf(device)}`;
const WANTS = `${ROOM}/multi-user.target.wants`;
const linkOf = (device: string): string => `${WANTS}/${nameOf(device)}`;

/** A oneshot unit of our own, where nobody owns a device: NetworkManager leaves lo alone before 1.42, and tunl0 always. */
export const unitKeeper: Keeper<Probes> = {
  inspect: (device) => ({
    unitFile: readFile(fileOf(device)),
    unitLink: stat(linkOf(device)),
    wants: stat(WANTS, { follow: true }),
  }),
  plan: (device, entry, kept, found) => {
    const refusal = editRefusal(fileOf(device), found.unitFile);
    if (refusal) return refusal;
    const before = textOf(found.unitFile) ?? '';
    const block = `[Service]\nExecStart=${entry.command.join(' ')}`;
    const after = withBlock(before, head(device), entry, kept ? block : undefined);
    return [
      ...(after === '' || found.wants.exists ? [] : [directory()]),
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

/** Where nothing was enabled yet; not worth a line in the report. */
const directory = (): Step =>
  step('directory', undefined, WANTS, { action: { kind: 'makeDirectory', path: WANTS }, changes: false });

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
