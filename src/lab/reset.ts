import { trouble } from '../diagnostics/trouble.ts';
import type { LabSpec } from '../model/lab.ts';
import { BOOTED } from './boot-snapshot.ts';
import { eachMachine } from './each-machine.ts';
import { labFolder } from './folders.ts';
import { inGuest } from './guest.ts';
import { clockScript } from './identity.ts';
import { lockLab } from './lock-lab.ts';
import { livingPid, qmpFile } from './machine-files.ts';
import { humanMonitor } from './monitor.ts';
import type { LabOptions } from './progress.ts';
import { tryReadState } from './state.ts';
import { giveIdentity, guestOf, type Waking, wakeAnew, wakeFromDisk } from './wake.ts';

type Options = Pick<LabOptions, 'onProgress'>;

/**
 * Takes every machine back, disk and memory, to how it was when it first came up, or to a snapshot that `labSnapshot`
 * made: in place where it runs, started where it does not. Connections to the machines break.
 */
export async function labReset(spec: LabSpec, options: Options & { readonly to?: string }): Promise<void> {
  await onEach(spec, options, async (waking) => {
    await (options.to === undefined ? resetToBooted(waking) : resetTo(waking, keptName(options.to)));
    const detail = options.to === undefined ? 'as it first came up' : `as kept under "${options.to}"`;
    options.onProgress({ machine: waking.machine.name, phase: 'reset', detail });
  });
}

/** Keeps how all machines are now, disk and memory, under a name, until the lab is taken down. They must run. */
export async function labSnapshot(spec: LabSpec, name: string, options: Options = silent): Promise<void> {
  await onEach(spec, options, async (waking) => {
    if (!runs(waking)) throw notUp(spec, waking.machine.name);
    await inGuest(guestOf(waking), () => 'sync\n');
    await monitor(waking, `savevm ${keptName(name)}`);
  });
}

const silent: Options = { onProgress: () => {} };

async function resetToBooted(waking: Waking): Promise<void> {
  if (!runs(waking)) return wakeAnew(waking);
  await monitor(waking, `loadvm ${BOOTED}`);
  await giveIdentity(guestOf(waking), waking);
}

async function resetTo(waking: Waking, snapshot: string): Promise<void> {
  if (!runs(waking)) return wakeFromDisk(waking, snapshot);
  await monitor(waking, `loadvm ${snapshot}`);
  await inGuest(guestOf(waking), clockScript);
}

const runs = ({ folder, machine }: Waking): boolean => livingPid(folder, machine.name) !== undefined;

const monitor = ({ folder, machine }: Waking, line: string): Promise<void> =>
  humanMonitor(qmpFile(folder, machine.name), line);

/** QEMU's monitor takes words apart at blanks, and numbers for ids. */
const keptName = (name: string): string => `kept-${name.replace(/\W/g, '-')}`;

async function onEach(spec: LabSpec, options: Options, act: (waking: Waking) => Promise<void>) {
  const folder = labFolder(spec);
  if (!tryReadState(folder)) throw notUp(spec);
  const release = await lockLab(folder, options);
  try {
    await eachMachine(spec, async (machine) => {
      const state = tryReadState(folder);
      if (!state?.machines[machine.name]) throw notUp(spec, machine.name);
      await act({ folder, state, machine });
    });
  } finally {
    release();
  }
}

const notUp = (spec: LabSpec, host?: string) =>
  trouble('lab-not-up', host ? `The lab's machine ${host} is not up.` : `The lab ${spec.name} is not up.`, {
    help: `Bring it up: troupe lab up -i ${spec.inventory}`,
    ...(host && { host }),
  });
