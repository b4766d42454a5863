import type { Capture, Found, Probes, ProgramProbe, ReadFile, StatPath } from '../model/probe.ts';
import { program, readFile, stat } from '../model/probe-makers.ts';
import { answers, type Effect, run, type Step, step } from '../model/step.ts';
import { withMount } from './fstab.ts';
import { defineModule, type Refusal, refuse } from './module.ts';
import {
  comparable,
  isNfs,
  type LiveMount,
  liveProbe,
  parseLive,
  printLive,
  remountOptions,
  usersProbe,
} from './mount-live.ts';
import { isWanted, mountParams, type MountWant as Want } from './mount-params.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

const FSTAB = '/etc/fstab';
type Asked = {
  readonly live: Capture;
  readonly users: Capture;
  readonly fstab: ReadFile;
  readonly stat: StatPath;
  readonly helper: ProgramProbe;
};

/** Mounts, now and after a reboot. */
export const mount = defineModule<Want, Probes>({
  name: 'mount',
  absence: ({ path, state }) =>
    isWanted(state) ? { module: 'mount', params: { path, state: 'absent' } } : undefined,
  doc: `Mounts a file system, now and after a reboot (/etc/fstab).

It is mounted first and written down then: what cannot be mounted is not there to hold up the next boot. A mount that is in use
is not pulled away: the module names who uses it, and changes nothing. Options that can be changed in place are
(\`mount -o remount\`); an NFS version or security flavour takes a new mount (nfs(5)).

- Give what is on the network \`_netdev,nofail\`: it is mounted when the network is up, and a boot goes on without it
  (systemd.mount(5)).
- Options that the kernel does not tell back in the words of fstab (timeouts, sizes) are written down, and count from the next
  mount on.
- Files below a mount of this run are known only when applied: what it covers is not what will be there.`,
  params: mountParams,
  examples: [
    {
      title: 'An NFS share',
      params: { path: '/mnt/www', src: 'nfs1:/srv/www', fstype: 'nfs', opts: 'vers=4.2,_netdev,nofail' },
    },
    {
      title: 'A disk by its UUID',
      params: { path: '/data', src: 'UUID=0b3c1f6e-3d3f-4b8f-8d0f-0a6a3c1e2d11', fstype: 'ext4' },
    },
    { title: 'Neither now nor at boot', params: { path: '/mnt/www', state: 'absent' } },
  ],
  identity: (want) => want.path,
  inspect: (want) => ({
    live: probeOf(want),
    users: usersProbe(
      want.path,
      want.src ?? '',
      ['mounted', 'ephemeral'].includes(want.state) ? 'mounted' : 'gone',
    ),
    fstab: readFile(FSTAB),
    stat: stat(want.path, { follow: true }),
    helper: program(`mount.${want.fstype ?? 'none'}`),
  }),
  plan: (want, found, around) => {
    const { live, users, fstab, stat: point, helper } = found as Found<Asked>;
    const refusal = editRefusal(FSTAB, fstab) ?? refusalOf(want, point, helper.path !== undefined);
    if (refusal) return refusal;
    const now = liveSteps(want, parseLive(live), users.stdout, point.exists);
    if ('refused' in now) return now;
    const saved = fstabSteps(want, textOf(fstab) ?? '');
    const isTold = saved.length > 0 && around.facts.service_manager === 'systemd';
    return [...now, ...saved, ...(isTold ? [tellSystemd()] : [])];
  },
});

const NEEDS_HELPER: Readonly<Record<string, string>> = {
  nfs: 'nfs-common on Debian, nfs-utils on RHEL',
  nfs4: 'nfs-common on Debian, nfs-utils on RHEL',
  cifs: 'cifs-utils',
};

function refusalOf(want: Want, point: Found<Asked>['stat'], hasHelper: boolean): Refusal | undefined {
  if (!isWanted(want.state)) return undefined;
  if (point.exists && point.type !== 'directory' && want.state !== 'present')
    return refuse(`${want.path} is a ${point.type}, not a directory`);
  const needed = NEEDS_HELPER[want.fstype ?? ''];
  return needed !== undefined && !hasHelper
    ? refuse(`There is no mount.${want.fstype} on this host.`, `Install it first (${needed}).`)
    : undefined;
}

const HERE = /^(?:_netdev|nofail|auto|noauto|defaults|x-.*)$/;

/** Options for mount(8) itself: with `nofail` it would say nothing of a device that is not there. */
const forNow = (want: Want): readonly string[] => want.opts.split(',').filter((one) => !HERE.test(one));

/** Longer than the two minutes for which mount.nfs tries (nfs(5), retry=). */
const DEADLINE_MS = 150_000;

function mountWords(want: Want): readonly string[] {
  const opts = forNow(want);
  const src = want.src ?? '';
  return [
    '-t',
    want.fstype ?? 'auto',
    ...(opts.length === 0 ? [] : ['-o', opts.join(',')]),
    '--',
    src,
    want.path,
  ];
}

function liveSteps(
  want: Want,
  live: LiveMount | undefined,
  users: string,
  hasDirectory: boolean,
): readonly Step[] | Refusal {
  if (want.state === 'present') return [];
  if (want.state === 'unmounted' || want.state === 'absent') {
    if (live === undefined) return [];
    const action = run(['umount', '--', want.path]);
    return (
      inUse(want, users) ?? [
        step('mounted', live.src, undefined, { action, effects: becomes(want, undefined) }),
      ]
    );
  }
  const fstype = want.fstype ?? 'auto';
  const opts = comparable(fstype, want.opts.split(','));
  const wanted = {
    src: want.src ?? '',
    fstype: isNfs(fstype) ? (opts.some((one) => one.startsWith('vers=3')) ? 'nfs' : 'nfs4') : fstype,
    opts,
  };
  const effects = becomes(want, wanted);
  if (live === undefined) {
    const action = run(['mount', ...mountWords(want)], { timeoutMs: DEADLINE_MS });
    const made = { kind: 'makeDirectory', path: want.path } as const;
    return [
      ...(hasDirectory ? [] : [step('directory', undefined, want.path, { action: made })]),
      step('mounted', undefined, wanted.src, { action, effects }),
    ];
  }
  const anew = run(['sh', '-c', 'umount -- "$0" && exec mount "$@"', want.path, ...mountWords(want)], {
    timeoutMs: DEADLINE_MS,
  });
  const isSame = live.fstype === wanted.fstype || fstype === 'auto' || (isNfs(fstype) && isNfs(live.fstype));
  if (live.src !== wanted.src || !isSame) {
    const [before, after] =
      live.src === wanted.src ? [live.fstype, wanted.fstype] : ([live.src, wanted.src] as const);
    return inUse(want, users) ?? [step('mounted', before, after, { action: anew, effects })];
  }
  if (live.opts.join() === wanted.opts.join()) return [];
  const again = remountOptions(live.opts, wanted.opts);
  const action = again ? run(['mount', '-o', ['remount', ...again].join(','), '--', want.path]) : anew;
  return [step('options', live.opts, wanted.opts, { action, effects })];
}

/** Why a mount is not to be pulled away: who is there. */
function inUse(want: Want, users: string): Refusal | undefined {
  const lines = users.split('\n').filter((line) => line !== '');
  if (lines.length === 0) return undefined;
  const more = lines.length > 5 ? ` and ${lines.length - 5} more` : '';
  return refuse(
    `${want.path} is in use by ${lines.slice(0, 5).join(', ')}${more}`,
    'Stop what uses it in a task before this one, then run it again.',
  );
}

const probeOf = (want: Want) => liveProbe(want.path, want.src ?? '', want.opts.split(','));

/** What was seen at and below the path is covered, or uncovered. */
function becomes(want: Want, live: LiveMount | undefined): readonly Effect[] {
  const hides: Effect = {
    kind: 'hides',
    path: want.path,
    reason: `it is below ${want.path}, which is mounted in this run`,
  };
  const told = { rc: 0, stdout: live ? printLive(live) : '', stderr: '', missing: false };
  return [hides, answers(probeOf(want), told)];
}

function fstabSteps(want: Want, text: string): readonly Step[] {
  if (want.state === 'ephemeral' || want.state === 'unmounted') return [];
  const { src = '', path, fstype = '', opts, dump, passno } = want;
  const line = want.state === 'absent' ? undefined : { src, path, fstype, opts, dump, passno };
  return fileSteps('fstab', FSTAB, text, withMount(text, path, line));
}

/** It makes mount units of fstab, and would go by the old ones. */
const tellSystemd = (): Step =>
  step('units', 'as fstab was', 'as fstab is', {
    action: run(['systemctl', 'daemon-reload']),
    changes: false,
  });
