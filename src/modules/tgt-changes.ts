import { hash } from 'node:crypto';
import type { Shown } from '../model/step.ts';
import type { TgtEdit } from './tgt-edit.ts';
import type { Kept, Tgt, TgtTarget } from './tgt-state.ts';
import type { TgtWant } from './tgt-target-params.ts';

/** A change as it is shown, with the edits that make it. */
export interface TgtChange {
  readonly field: string;
  readonly before: Shown;
  readonly after: Shown;
  readonly edits: readonly TgtEdit[];
}

/** SHA-256 in hex. */
export const sha = (text: string): string => hash('sha256', text);

/** An account that a target wants. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly isBack: boolean;
}

/** The accounts of a target, each once. */
export function loginsOf({ acls }: TgtWant): readonly Login[] {
  const all = acls.flatMap(({ chap }): readonly Login[] => {
    if (!chap) return [];
    const { user, password, mutual } = chap;
    return [{ user, password, isBack: false }, ...(mutual ? [{ ...mutual, isBack: true }] : [])];
  });
  return all.filter(
    (one, at) => all.findIndex(({ user, isBack }) => user === one.user && isBack === one.isBack) === at,
  );
}

/**
 * No host has it. A target without an address is opened to all of them by tgt-admin at the next boot, and an initiator may log
 * in whose name or whose address is listed (tgt/usr/iscsi/iscsid.c): so a list of names alone keeps nobody out.
 */
export const NOBODY = '255.255.255.255';

/** The target as it is wanted. */
export const wantedTarget = (want: TgtWant, live: Tgt): TgtTarget => ({
  tid: live.targets[want.iqn]?.tid ?? 1 + Math.max(0, ...Object.values(live.targets).map(({ tid }) => tid)),
  allows: [...want.acls.map(({ initiator }) => initiator), NOBODY].sort(),
  luns: Object.fromEntries(want.luns.map(({ lun, path }) => [String(lun), path])),
  users: loginsOf(want)
    .filter(({ isBack }) => !isBack)
    .map(({ user }) => user)
    .sort(),
  back: loginsOf(want).find(({ isBack }) => isBack)?.user,
});

const change = (field: string, before: Shown, after: Shown, ...edits: readonly TgtEdit[]): TgtChange => ({
  field,
  before,
  after,
  edits,
});

/** What leads to the target that is wanted: its disks and users before those who may use them. Sessions are not touched. */
export function changesTo(want: TgtWant, live: Tgt, wanted: TgtTarget, kept: Kept): readonly TgtChange[] {
  const known = live.targets[want.iqn];
  const tid = String(wanted.tid);
  const accounts = accountChanges(want, live, wanted, kept);
  // While its users change a target may have none, and would ask for no password: nobody is let in until they are there.
  const shut = accounts.length > 0 ? (known?.allows ?? []) : [];
  const [first, ...others] = accounts;
  return [
    ...portalChanges(want, live),
    ...(known
      ? []
      : [
          change('target', undefined, want.iqn, [
            ...['--op', 'new', '--mode', 'target', '--tid', tid, '-T', want.iqn],
          ]),
        ]),
    ...lunChanges(want, known, wanted),
    ...(first
      ? [
          {
            ...first,
            edits: [
              ...shut.map((one) => allow('unbind', tid, one)),
              ...first.edits,
              ...shut.filter((one) => wanted.allows.includes(one)).map((one) => allow('bind', tid, one)),
            ],
          },
        ]
      : []),
    ...others,
    ...wanted.allows
      .filter((one) => known?.allows.includes(one) !== true)
      .map((one) => change(allowed(one), undefined, true, allow('bind', tid, one))),
    ...(known?.allows ?? [])
      .filter((one) => !wanted.allows.includes(one))
      .map((one) =>
        change(allowed(one), true, undefined, ...(shut.includes(one) ? [] : [allow('unbind', tid, one)])),
      ),
  ];
}

const allow = (verb: 'bind' | 'unbind', tid: string, one: string): TgtEdit => [
  ...['--op', verb, '--mode', 'target', '--tid', tid, /^(iqn|eui|naa)\./.test(one) ? '-Q' : '-I', one],
];

const allowed = (one: string): string =>
  one === NOBODY ? 'nobody else' : /^(iqn|eui|naa)\./.test(one) ? `initiator ${one}` : `address ${one}`;

/** An address in use must be free before a part of it is taken, so what goes goes first; sessions stay. */
function portalChanges({ portals }: TgtWant, live: Tgt): readonly TgtChange[] {
  // A tgtd that runs has some. Before it does, where it will listen is the business of its unit.
  if (live.portals.length === 0) return [];
  const edit = (verb: string, one: string): TgtEdit => [
    '--op',
    verb,
    '--mode',
    'portal',
    '--param',
    `portal=${one}`,
  ];
  return [
    ...live.portals
      .filter((one) => !portals.includes(one))
      .map((one) => change(`portal ${one}`, true, undefined, edit('delete', one))),
    ...portals
      .filter((one) => !live.portals.includes(one))
      .map((one) => change(`portal ${one}`, undefined, true, edit('new', one))),
  ];
}

function lunChanges(
  want: TgtWant,
  known: TgtTarget | undefined,
  { tid, luns }: TgtTarget,
): readonly TgtChange[] {
  const now = known?.luns ?? {};
  const edit = (verb: string, lun: string, ...more: readonly string[]): TgtEdit => [
    ...['--op', verb, '--mode', 'logicalunit', '--tid', String(tid), '--lun', lun, ...more],
  ];
  const numbers = [...new Set([...Object.keys(now), ...Object.keys(luns)])].sort((a, b) => +a - +b);
  return numbers.flatMap((number) => {
    const [before, after] = [now[number], luns[number]];
    if (before === after) return [];
    const gone = before === undefined ? [] : [edit('delete', number)];
    if (after === undefined) return [change(`LUN ${number}`, before, after, ...gone)];
    const { size } = want.luns.find(({ path }) => path === after) ?? {};
    const file: readonly TgtEdit[] = size === undefined ? [] : [['file', after, String(size)]];
    return [change(`LUN ${number}`, before, after, ...gone, ...file, edit('new', number, '-b', after))];
  });
}

const account = (verb: string, user: string, ...more: readonly string[]): TgtEdit => [
  ...['--op', verb, '--mode', 'account', '--user', user, ...more],
];

const bind = (verb: 'bind' | 'unbind', user: string, tid: number, isBack: boolean): TgtEdit =>
  account(verb, user, '--tid', String(tid), ...(isBack ? ['--outgoing'] : []));

/** True where tgtd has this account with this password. It tells none: they are known from the files by which it starts. */
export const isRight = ({ user, password }: Login, live: Tgt, kept: Kept): boolean =>
  live.accounts.includes(user) &&
  kept.passwords.some((one) => one.user === user && one.sha256 === sha(password));

/** Names of targets that have an account. */
export const holders = (user: string, { targets }: Tgt): readonly string[] =>
  Object.entries(targets).flatMap(([iqn, { users, back }]) =>
    users.includes(user) || back === user ? [iqn] : [],
  );

/**
 * Takes all users from the target, and gives it those that are wanted: tgtd counts places and not users when it looks for one
 * (tgt/usr/target.c, account_lookup), finds none behind a gap, and dies when it is asked to show it. The first change carries
 * all edits.
 */
function accountChanges(
  want: TgtWant,
  live: Tgt,
  wanted: TgtTarget | undefined,
  kept: Kept,
): readonly TgtChange[] {
  const known = live.targets[want.iqn];
  const [before, after] = [
    known ? boundIn(known) : [],
    wanted ? loginsOf(want).map((login) => ({ ...login, tid: wanted.tid })) : [],
  ];
  const isSame = (one: Bound, other: Bound): boolean =>
    one.user === other.user && one.isBack === other.isBack;
  const told = [
    ...before
      .filter((one) => !after.some((other) => isSame(one, other)))
      .map((one) => change(named(one), true, undefined)),
    ...after.flatMap((one) => {
      if (!before.some((other) => isSame(one, other))) return [change(named(one), undefined, true)];
      return isRight(one, live, kept) ? [] : [change(named(one), 'a password', 'another password')];
    }),
  ];
  const stale = after.filter((one) => !isRight(one, live, kept));
  const leaving = before.filter(
    ({ user }) => !after.some((one) => one.user === user) && holders(user, live).length === 1,
  );
  const dropped = new Set([
    ...stale.map(({ user }) => user).filter((user) => live.accounts.includes(user)),
    ...leaving.map(({ user }) => user),
  ]);
  const edits: readonly TgtEdit[] = [
    ...before.map(({ user, tid, isBack }) => bind('unbind', user, tid, isBack)),
    ...[...dropped].map((user) => account('delete', user)),
    ...stale.map(({ user, password }) => account('new', user, '--password', password)),
    ...after.map(({ user, tid, isBack }) => bind('bind', user, tid, isBack)),
  ];
  return told.map((one, index) => (index === 0 ? { ...one, edits } : one));
}

interface Bound {
  readonly user: string;
  readonly tid: number;
  readonly isBack: boolean;
}

const boundIn = ({ tid, users, back }: TgtTarget): readonly Bound[] => [
  ...users.map((user) => ({ user, tid, isBack: false })),
  ...(back === undefined ? [] : [{ user: back, tid, isBack: true }]),
];

const named = ({ user, isBack }: Bound): string => `${isBack ? 'CHAP back as' : 'CHAP as'} ${user}`;

/** What takes a target away, with its sessions and the accounts that no other target has. */
export function changesToNone(want: TgtWant, live: Tgt, kept: Kept): readonly TgtChange[] {
  const known = live.targets[want.iqn];
  if (!known) return [];
  const tid = String(known.tid);
  const edits = [
    ...known.allows.map((one) => allow('unbind', tid, one)),
    ...accountChanges(want, live, undefined, kept).flatMap((one) => one.edits),
    ['--op', 'delete', '--force', '--mode', 'target', '--tid', tid],
  ];
  return [change('target', want.iqn, undefined, ...edits)];
}
