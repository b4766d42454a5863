import type { AnswerTo, Capture, Found, Probes, ProgramProbe, Stat } from '../model/probe.ts';
import { program } from '../model/probe-makers.ts';
import { answers, type Effect, type Step, step } from '../model/step.ts';
import {
  backingProbes,
  backingRefusal,
  covers,
  fileMade,
  LISTENERS,
  listening,
  portTaken,
  splitPortal,
} from './iscsi-backing.ts';
import { absentBy, defineModule, type Refusal, refuse } from './module.ts';
import {
  changesTo,
  changesToNone,
  holders,
  isRight,
  loginsOf,
  NOBODY,
  sha,
  type TgtChange,
  wantedTarget,
} from './tgt-changes.ts';
import { tgtEdits } from './tgt-edit.ts';
import { KEPT, type Kept, printKept, printTgt, readKept, readTgt, TGT, type Tgt } from './tgt-state.ts';
import { tgtParams, type TgtWant as Want } from './tgt-target-params.ts';

type Asked = {
  readonly state: Capture;
  readonly kept: Capture;
  readonly tool: ProgramProbe;
  readonly listeners: Capture;
};

/** An iSCSI target of tgtd. */
export const tgtTarget = defineModule<Want, Probes>({
  name: 'tgt_target',
  absence: (want) => absentBy('tgt_target', want, 'iqn'),
  doc: `Serves disks by iSCSI from tgtd, a program, where the kernel's own target (\`iscsi_target\`) cannot be used.

The parameters are those of \`iscsi_target\`. The target is changed live, by tgtadm(8), and kept in a file in /etc/tgt/conf.d, which
tgt-admin reads when tgtd starts. tgtd is never restarted, which would end all sessions; sessions of initiators that stay survive
every change. LUNs, users and initiators of this target that are not listed go; other targets are left alone.

What tgtd does otherwise than the kernel:

- LUN 0 is its own; those of disks begin with 1.
- It serves all its targets at all its portals: give each target of a host the same list. It listens everywhere until it is told
  otherwise, and again after each start; a drop-in for its unit (role \`iscsi_target\`) tells it from the beginning, and a plan for a host that
  has no tgtd yet takes that for granted.
- A list of initiators alone keeps nobody out: tgt-admin opens a target that names no address to all of them. So it names one
  that no host has, ${NOBODY}.
- An initiator must be listed, and log in as one of the target's users, but not as its own: tgtd knows no users of initiators.
- tgtadm shows no passwords. Whether one is another is seen in the files by which tgtd starts, and it is given to tgtadm as an
  argument, which the host's processes can see for that moment, at every boot too (tgt-admin does the same).
- A target is removed with its sessions.`,
  params: tgtParams,
  examples: [
    {
      title: 'A disk for one initiator',
      params: {
        iqn: 'iqn.2026-01.org.example:data',
        portals: ['10.0.0.5'],
        luns: [{ lun: 1, name: 'data', path: '/srv/data.img', size: '10G' }],
        acls: [
          {
            initiator: 'iqn.2026-01.org.example:web1',
            chap: { user: 'web1', password: 'from-a-secret' },
          },
        ],
      },
    },
    { title: 'No longer', params: { iqn: 'iqn.2026-01.org.example:data', state: 'absent' } },
  ],
  identity: (want) => want.iqn,
  inspect: (want) => ({
    state: TGT,
    kept: KEPT,
    tool: program('tgtadm'),
    listeners: LISTENERS,
    ...backingProbes(want.luns),
  }),
  plan: (want, found) => {
    const { state, kept: told, tool, listeners } = found as Found<Asked>;
    const [live, kept] = [readTgt(state), readKept(told)];
    if (kept === undefined)
      return refuse('The files in /etc/tgt/conf.d cannot be read.', 'Only root may: become: true.');
    const file = `/etc/tgt/conf.d/${want.iqn}.conf`;
    if (want.state === 'absent') {
      const { [want.iqn]: _gone, ...targets } = live.targets;
      return steps(want, { file, live, kept, changes: changesToNone(want, live, kept), targets });
    }
    const refusal =
      toolRefusal(tool) ??
      portRefusal(want, live, listeners) ??
      passwordRefusal(want, live, kept) ??
      want.luns.map((one) => lunRefusal(want, one, live, found)).find((one) => one !== undefined);
    if (refusal) return refusal;
    const wanted = wantedTarget(want, live);
    const changes = changesTo(want, live, wanted, kept);
    const targets = { ...live.targets, [want.iqn]: wanted };
    return steps(want, { file, live, kept, changes, targets, text: textOf(want) });
  },
});

const toolRefusal = (tool: AnswerTo<ProgramProbe>): Refusal | undefined =>
  tool.path === undefined
    ? refuse(
        'There is no tgtadm on this host.',
        'Install it first: tgt on Debian, scsi-target-utils (EPEL) on RHEL.',
      )
    : undefined;

/** Why it cannot listen: another program does, or the kernel's own target, whose sockets have no program. */
function portRefusal(want: Want, live: Tgt, listeners: AnswerTo<Capture>): Refusal | undefined {
  for (const portal of want.portals.filter((one) => !live.portals.includes(one))) {
    const [address, port] = splitPortal(portal);
    const other = listening(listeners).find(
      (one) => one.port === port && one.program !== 'tgtd' && covers(one.address, address),
    );
    if (other) return portTaken(other.program ?? 'the kernel, as its own iSCSI target does,', port);
  }
  return undefined;
}

/** Why it cannot have its users: another target has one of them, with another password or with nobody knows which. */
function passwordRefusal(want: Want, live: Tgt, kept: Kept): Refusal | undefined {
  for (const login of loginsOf(want)) {
    const other = holders(login.user, live).find((iqn) => iqn !== want.iqn);
    if (other && !isRight(login, live, kept))
      return refuse(
        `${login.user} has another password for ${other}`,
        'tgtd knows one password a user, for all its targets: give each target users of its own.',
      );
  }
  return undefined;
}

/** Why it cannot be put behind a LUN. What is served already is not looked at, but for the size of a file. */
function lunRefusal(
  want: Want,
  one: Want['luns'][number],
  live: Tgt,
  found: Found<Probes>,
): Refusal | undefined {
  const other = Object.entries(live.targets).find(
    ([iqn, { luns }]) => iqn !== want.iqn && Object.values(luns).includes(one.path),
  );
  if (other)
    return refuse(`${one.path} is served already, by ${other[0]}`, 'Two LUNs of one disk destroy it.');
  const isServed = Object.values(live.targets[want.iqn]?.luns ?? {}).includes(one.path);
  const there = found[`stat ${one.name}`] as Stat;
  if (!isServed) return backingRefusal(one, found);
  return one.type === 'fileio' && there.exists && there.size !== one.size
    ? refuse(
        `${one.path} is served with ${there.size} bytes, not ${one.size}`,
        'Its size is not changed while it is served: take the LUN away, truncate the file, and add it again.',
      )
    : undefined;
}

/** What tgt-admin reads when tgtd starts (targets.conf(5)). */
const textOf = (want: Want): string =>
  [
    '# Written by Troupe (tgt_target): change it there. Live changes take no restart, which would end all sessions.',
    `<target ${want.iqn}>`,
    ...want.luns.flatMap(({ lun, path }) => [
      `  <backing-store ${path}>`,
      `    lun ${lun}`,
      '  </backing-store>',
    ]),
    ...loginsOf(want).map(
      ({ user, password, isBack }) => `  ${isBack ? 'outgoinguser' : 'incominguser'} ${user} ${password}`,
    ),
    ...want.acls.map(({ initiator }) => `  initiator-name ${initiator}`),
    `  initiator-address ${NOBODY}`,
    '</target>',
    '',
  ].join('\n');

interface Change {
  readonly file: string;
  readonly live: Tgt;
  readonly kept: Kept;
  readonly changes: readonly TgtChange[];
  readonly targets: Tgt['targets'];
  readonly text?: string;
}

function steps(want: Want, { file, live, kept, changes, targets, text }: Change): readonly Step[] {
  const isKept = kept.files[file] === (text === undefined ? undefined : sha(text));
  if (changes.length === 0 && isKept) return [];
  const after: Tgt = {
    targets,
    portals: want.state === 'absent' ? live.portals : want.portals,
    accounts: accountsAfter(want, live, targets),
  };
  const made = want.luns.filter(({ type, path }) => type === 'fileio' && !servedIn(live, path));
  const effects: readonly Effect[] = [
    answers(TGT, printTgt(after)),
    answers(KEPT, printKept(keptAfter(want, kept, file, text))),
    ...made.map(fileMade),
  ];
  const edits = changes.flatMap((one) => one.edits);
  const options = { action: tgtEdits(edits, file, text), effects };
  if (changes.length === 0)
    return [
      step('saved', kept.files[file] && 'otherwise', text === undefined ? undefined : 'as it is', options),
    ];
  return changes.map((one, index) => step(one.field, one.before, one.after, index === 0 ? options : {}));
}

const servedIn = ({ targets }: Tgt, path: string): boolean =>
  Object.values(targets).some(({ luns }) => Object.values(luns).includes(path));

/** Accounts that were bound to this target and are so no more, nor to another, are gone. */
function accountsAfter(want: Want, live: Tgt, targets: Tgt['targets']): readonly string[] {
  const bound = Object.values(targets).flatMap(({ users, back }) => [...users, ...(back ? [back] : [])]);
  const before = live.targets[want.iqn];
  const had = before ? [...before.users, before.back] : [];
  const stay = live.accounts.filter((one) => bound.includes(one) || !had.includes(one));
  return [...new Set([...stay, ...bound])];
}

function keptAfter(want: Want, { files, passwords }: Kept, file: string, text: string | undefined): Kept {
  const { [file]: _old, ...others } = files;
  const theirs = passwords.filter((one) => one.file !== file);
  return text === undefined
    ? { files: others, passwords: theirs }
    : {
        files: { ...others, [file]: sha(text) },
        passwords: [
          ...theirs,
          ...loginsOf(want).map(({ user, password }) => ({ file, user, sha256: sha(password) })),
        ],
      };
}
