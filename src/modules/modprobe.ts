import * as z from 'zod';
import type { Capture, Captured, FileRead, StatFound } from '../model/probe.ts';
import { capture, readFile, stat, sysctlValue } from '../model/probe-makers.ts';
import { answers, type Effect, run, type Step, step } from '../model/step.ts';
import { broughtBy, takenBy } from './kernel-modules.ts';
import { defineModule, isRefusal, type Refusal, refuse } from './module.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

const params = () =>
  z.strictObject({
    name: z
      .string()
      .regex(/^[\w-]+$/, 'This is no name of a kernel module; write one such as ip_vs.')
      .describe('Name of the kernel module; - and _ are the same.'),
    state: z.enum(['present', 'absent']).default('present').describe('Whether it is to be loaded now.'),
    params: z
      .string()
      .default('')
      .describe(
        'Its parameters, such as `numdummies=2`, used when it is loaded; a loaded module is not loaded anew.',
      ),
    persistent: z
      .enum(['disabled', 'present', 'absent'])
      .default('disabled')
      .describe(
        '`present`: load it at boot, with the parameters. `absent`: no longer. `disabled`: leave that as it is.',
      ),
  });

type Want = z.output<ReturnType<typeof params>>;

/** A kernel module, now and at boot. */
export const modprobe = defineModule({
  name: 'modprobe',
  doc: `Loads or unloads a kernel module, now and at boot.

What is built into the kernel counts as loaded. At boot it is loaded by /etc/modules-load.d/troupe-NAME.conf
(modules-load.d(5)), its parameters are in /etc/modprobe.d/troupe-NAME.conf (modprobe.d(5)). systemd-sysctl runs after
that, so parameters of the kernel that come with the module can be kept with module \`sysctl\`.

Just this module is unloaded (rmmod), not those that it brought with it; one that is in use is not, and the task fails.`,
  params,
  examples: [
    { title: 'Load IPVS now and at boot', params: { name: 'ip_vs', persistent: 'present' } },
    { title: 'No tunnel any more', params: { name: 'ipip', state: 'absent', persistent: 'absent' } },
  ],
  identity: (want) => want.name,
  inspect: (want) => ({
    loaded: stat(loadedPath(want.name)),
    missing: missingProbe(want.name),
    rpFilter: sysctlValue('net.ipv4.conf.default.rp_filter'),
    boot: readFile(bootFile(want)),
    options: readFile(optionsFile(want)),
  }),
  plan: (want, found, around) => {
    const { loaded, missing } = found;
    const there = loaded.exists || (missing.rc === 0 && missing.stdout.trim() === '');
    if (want.state === 'absent' && there && !loaded.exists) {
      return refuse(`${want.name} is built into this kernel.`, 'It cannot be unloaded; leave this task out.');
    }
    if (want.state === 'present' && !there && missing.rc !== 0) {
      return refuse(...whyNot(want, missing, around.facts.kernel));
    }
    const boot = want.persistent === 'disabled' ? [] : bootSteps(want, found.boot, found.options);
    if (isRefusal(boot)) return boot;
    return [
      ...(want.state === 'present' && !there ? [load(want, missing, found.rpFilter.value)] : []),
      ...(want.state === 'absent' && there ? [unload(want)] : []),
      ...boot,
    ];
  },
});

/** What would be loaded, a line each: nothing where it is there or built in. It changes nothing (modprobe(8)). */
const missingProbe = (name: string): Capture => capture('modprobe', '-n', '-v', name);
// The kernel writes names with _ under /sys/module, whatever the file is called.
const kernelName = (name: string): string => name.replaceAll('-', '_');
// What is built in has no initstate (kernel/module/sysfs.c).
const loadedPath = (name: string): string => `/sys/module/${kernelName(name)}/initstate`;
const bootFile = (want: Want): string => `/etc/modules-load.d/troupe-${want.name}.conf`;
const optionsFile = (want: Want): string => `/etc/modprobe.d/troupe-${want.name}.conf`;

const FILE: StatFound = {
  ...{ exists: true, type: 'file', mode: 0o444, size: 4096, mtime: Number.NaN },
  ...{ uid: 0, gid: 0, owner: 'root', group: 'root' },
};

function load(want: Want, missing: Captured, rpFilter: string | undefined): Step {
  const files = missing.stdout.matchAll(/^insmod \S*\/([^/\s]+?)\.ko\S*/gm);
  const names = new Set([...[...files].map(([, name = '']) => kernelName(name)), kernelName(want.name)]);
  const effects = [...names].flatMap((name): readonly Effect[] => [
    answers(stat(loadedPath(name)), FILE),
    ...broughtBy(name, rpFilter),
  ]);
  const words = want.params.split(/\s+/).filter(Boolean);
  return step('module', undefined, 'loaded', {
    action: run(['modprobe', want.name, ...words]),
    effects: [...effects, answers(missingProbe(want.name), said(''))],
  });
}

function unload(want: Want): Step {
  return step('module', 'loaded', undefined, {
    action: run(['rmmod', want.name]),
    effects: [
      answers(stat(loadedPath(want.name)), { exists: false }),
      answers(missingProbe(want.name), said(`insmod ${want.name}.ko\n`)),
      ...takenBy(kernelName(want.name)),
    ],
  });
}

const said = (stdout: string): Captured => ({ rc: 0, stdout, stderr: '', missing: false });

function bootSteps(want: Want, boot: FileRead, options: FileRead): readonly Step[] | Refusal {
  const refusal = editRefusal(bootFile(want), boot) ?? editRefusal(optionsFile(want), options);
  if (refusal) return refusal;
  const kept = want.persistent === 'present';
  return [
    ...fileSteps('at boot', bootFile(want), textOf(boot) ?? '', kept ? `${want.name}\n` : ''),
    ...fileSteps(
      'parameters at boot',
      optionsFile(want),
      textOf(options) ?? '',
      kept && want.params !== '' ? `options ${want.name} ${want.params}\n` : '',
    ),
  ];
}

function whyNot(want: Want, missing: Captured, kernel: string): readonly [string, string] {
  if (missing.missing) return ['There is no program modprobe on this host.', 'Install kmod.'];
  return [
    `Kernel ${kernel} has no module ${want.name}.`,
    "Look for it with modprobe -n, or boot one of the distribution's own kernels.",
  ];
}
