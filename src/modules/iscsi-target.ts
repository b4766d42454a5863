import type { AnswerTo, Capture, Found, Probes, ProgramProbe } from '../model/probe.ts';
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
import { targetParams, type TargetWant as Want } from './iscsi-target-params.ts';
import { changesTo, changesToNone, type LioChange } from './lio-changes.ts';
import { editProgram } from './lio-edit.ts';
import {
  type Lio,
  type LioState,
  type LioStore,
  type LioTarget,
  printState,
  readState,
  SAVED,
  STATE,
  wantedStores,
  wantedTarget,
} from './lio-state.ts';
import { absentBy, defineModule, type Refusal, refuse, type Surroundings } from './module.ts';

type Asked = {
  readonly state: Capture;
  readonly tool: ProgramProbe;
  readonly listeners: Capture;
};

/** An iSCSI target. */
export const iscsiTarget = defineModule<Want, Probes>({
  name: 'iscsi_target',
  absence: (want) => absentBy('iscsi_target', want, 'iqn'),
  doc: `Serves disks by iSCSI, now and after a reboot: one target, its LUNs, portals and initiators.

The target is changed live, through rtslib, and then saved as targetcli does; nothing is restarted, which would end all sessions.
What comes is there before what goes is gone; sessions of initiators that stay survive every change. LUNs, portals and
initiators of this target that are not listed go; other targets are never touched.

- An initiator that is not listed is refused. With CHAP on one of them all must have it.
- A file is made sparse where there is none, or an empty one; any other must have the size that is wanted. A device that is
  mounted, or used otherwise, or carries a file system, a partition table or the like is refused; once it is served, what
  initiators write on it is theirs.
- At boot, rtslib-fb-targetctl.service (RHEL: target.service) restores what was saved; never restart it: it clears all first.
- It needs rtslib, which comes with targetcli-fb (RHEL: targetcli), and a port that nobody else has: tgtd takes the same 3260.
- iSCSI is for one host at a time, as in a pair for high availability: with ext4 or XFS on it two hosts destroy it. For files that
  many hosts write take NFS (module \`nfs_export\`).`,
  params: targetParams,
  examples: [
    {
      title: 'A disk for one initiator',
      params: {
        iqn: 'iqn.2026-01.org.example:data',
        portals: ['10.0.0.5'],
        luns: [{ lun: 0, name: 'data', path: '/srv/data.img', size: '10G' }],
        acls: [
          {
            initiator: 'iqn.2026-01.org.example:web1',
            chap: { user: 'web1', password: 'from-a-secret' },
          },
        ],
      },
    },
    {
      title: 'A whole disk',
      params: {
        iqn: 'iqn.2026-01.org.example:disk',
        portals: ['10.0.0.5', '10.0.1.5:3261'],
        luns: [{ lun: 0, name: 'disk', type: 'block', path: '/dev/disk/by-id/virtio-disk0' }],
        acls: [{ initiator: 'iqn.2026-01.org.example:web1' }],
      },
    },
    { title: 'No longer', params: { iqn: 'iqn.2026-01.org.example:data', state: 'absent' } },
  ],
  identity: (want) => want.iqn,
  inspect: (want) => ({
    state: STATE,
    tool: program('targetcli'),
    listeners: LISTENERS,
    ...backingProbes(want.luns),
  }),
  plan: (want, found, around) => {
    const { state: told, tool, listeners } = found as Found<Asked>;
    const state = readState(told);
    if (typeof state === 'string')
      return refuse(`LIO's state cannot be read: ${state}`, 'It takes root: become: true.');
    if (want.state === 'absent') {
      const changes = changesToNone(want, state.live);
      return steps(want, state, changes, without(state.live, want, changes), around);
    }
    const stores = wantedStores(want);
    const refusal =
      toolRefusal(tool) ??
      portRefusal(want, state.live, listeners) ??
      want.luns.map((one) => storeRefusal(one, state.live, found)).find((one) => one !== undefined);
    if (refusal) return refusal;
    const wanted = wantedTarget(want);
    const changes = changesTo(want, state.live, wanted, stores);
    return steps(want, state, changes, withTarget(state.live, want, wanted, stores, changes), around);
  },
});

/** Why it cannot be served: nothing is there that serves. */
const toolRefusal = (tool: AnswerTo<ProgramProbe>): Refusal | undefined =>
  tool.path === undefined
    ? refuse(
        'There is no targetcli on this host, nor rtslib.',
        'Install it first: targetcli-fb on Debian, targetcli on RHEL.',
      )
    : undefined;

/** Why it cannot listen: another program does. LIO's own sockets are the kernel's, which has no name. */
function portRefusal(want: Want, live: Lio, listeners: AnswerTo<Capture>): Refusal | undefined {
  const known = live.targets[want.iqn]?.portals ?? [];
  for (const portal of want.portals.filter((one) => !known.includes(one))) {
    const [address, port] = splitPortal(portal);
    const other = listening(listeners).find(
      (one) => one.port === port && one.program !== undefined && covers(one.address, address),
    );
    if (other?.program) return portTaken(other.program, port);
  }
  return undefined;
}

/** Why a file or device cannot be put behind a LUN. What is served already is not looked at: what is on it is the initiators'. */
function storeRefusal(one: Want['luns'][number], live: Lio, found: Found<Probes>): Refusal | undefined {
  const known = live.stores[one.name];
  const same = known?.path === one.path && known.type === one.type;
  if (known && !same)
    return refuse(
      `A backstore ${one.name} is there already, for ${known.path}`,
      'Give this one another name.',
    );
  if (known && known.size !== (one.size ?? 0))
    return refuse(
      `${one.path} is served with ${known.size} bytes, not ${one.size}`,
      'Its size is not changed while it is served: take the LUN away, truncate the file, and add it again.',
    );
  if (known) return undefined;
  const other = Object.entries(live.stores).find(([, store]) => store.path === one.path);
  return other
    ? refuse(`${one.path} is served already, as ${other[0]}`, 'Two LUNs of one disk destroy it.')
    : backingRefusal(one, found);
}

function withTarget(
  live: Lio,
  want: Want,
  wanted: LioTarget,
  stores: Readonly<Record<string, LioStore>>,
  changes: readonly LioChange[],
): Lio {
  return {
    stores: left({ ...live.stores, ...stores }, changes),
    targets: { ...live.targets, [want.iqn]: wanted },
  };
}

function without(live: Lio, want: Want, changes: readonly LioChange[]): Lio {
  const { [want.iqn]: _gone, ...targets } = live.targets;
  return { stores: left(live.stores, changes), targets };
}

/** The backstores that are left once the changes are made. */
function left(
  stores: Readonly<Record<string, LioStore>>,
  changes: readonly LioChange[],
): Readonly<Record<string, LioStore>> {
  const gone = new Set(
    changes.flatMap(({ edits }) => edits.flatMap(([verb, name]) => (verb === 'no store' ? [name] : []))),
  );
  return Object.fromEntries(Object.entries(stores).filter(([name]) => !gone.has(name)));
}

function steps(
  want: Want,
  state: LioState,
  changes: readonly LioChange[],
  after: Lio,
  { facts }: Surroundings,
): readonly Step[] {
  const file = SAVED[facts.os.family === 'redhat' ? 1 : 0] ?? '';
  const action = editProgram(
    want.iqn,
    file,
    changes.flatMap(({ edits }) => edits),
  );
  const told = { rc: 0, stdout: printState({ live: after, saved: after }), stderr: '', missing: false };
  const made = want.luns.filter(({ name, type }) => type === 'fileio' && !state.live.stores[name]);
  const effects: readonly Effect[] = [answers(STATE, told), ...made.map(fileMade)];
  if (changes.length === 0) {
    const part = (lio: Lio): string => printState({ live: of(lio, want), saved: NO_LIO });
    return part(state.saved) === part(after)
      ? []
      : [step('saved', 'otherwise', 'as it is', { action, effects })];
  }
  return changes.map(({ field, before, after: then }, index) =>
    step(field, before, then, index === 0 ? { action, effects } : {}),
  );
}

const NO_LIO: Lio = { stores: {}, targets: {} };

/** The part of LIO that is about one target. */
function of({ stores, targets }: Lio, { iqn, luns }: Want): Lio {
  const target = targets[iqn];
  const names = new Set(luns.map(({ name }) => name));
  return {
    stores: Object.fromEntries(Object.entries(stores).filter(([name]) => names.has(name))),
    targets: target ? { [iqn]: target } : {},
  };
}
