import type { Shown } from '../model/step.ts';
import type { TargetWant } from './iscsi-target-params.ts';
import type { LioEdit } from './lio-edit.ts';
import type { Lio, LioAcl, LioStore, LioTarget } from './lio-state.ts';

/** A change as it is shown, with the edits that make it. */
export interface LioChange {
  readonly field: string;
  readonly before: Shown;
  readonly after: Shown;
  readonly edits: readonly LioEdit[];
}

const NOTHING: LioTarget = { acls: {}, chap: false, enabled: false, luns: {}, open: false, portals: [] };

/**
 * What leads from a target to the one that is wanted. What comes is there before what goes is gone, and what stays is not
 * touched: sessions survive. An initiator that goes loses its session.
 */
export function changesTo(
  want: TargetWant,
  live: Lio,
  wanted: LioTarget,
  stores: Readonly<Record<string, LioStore>>,
): readonly LioChange[] {
  const known = live.targets[want.iqn];
  const now = known ?? NOTHING;
  return [
    ...(known ? [] : [change('target', undefined, want.iqn, ['target'])]),
    ...attributes(now, wanted, known !== undefined),
    ...Object.entries(stores).flatMap(([name, one]) =>
      live.stores[name]
        ? []
        : [change(`backstore ${name}`, undefined, one.path, ['store', name, one.type, one.path, one.size])],
    ),
    ...lunChanges(now, wanted),
    ...aclChanges(want, now, wanted),
    ...wanted.portals
      .filter((one) => !now.portals.includes(one))
      .map((one) => change(`portal ${one}`, undefined, true, ['portal', one])),
    ...(now.enabled ? [] : [change('enabled', known ? false : undefined, true, ['enable'])]),
    ...now.portals
      .filter((one) => !wanted.portals.includes(one))
      .map((one) => change(`portal ${one}`, true, undefined, ['no portal', one])),
    ...orphans(want.iqn, live, wanted),
  ];
}

/** What takes a target away, with the backstores that no other target has. */
export function changesToNone(want: TargetWant, live: Lio): readonly LioChange[] {
  if (!live.targets[want.iqn]) return [];
  return [change('target', want.iqn, undefined, ['no target']), ...orphans(want.iqn, live, NOTHING)];
}

const change = (field: string, before: Shown, after: Shown, ...edits: readonly LioEdit[]): LioChange => ({
  field,
  before,
  after,
  edits,
});

/** LIO's own default is to ask for CHAP (iscsi_target_tpg.h, TA_AUTHENTICATION); a new target gets both said. */
function attributes(now: LioTarget, wanted: LioTarget, isKnown: boolean): readonly LioChange[] {
  const flag = (value: boolean): string => (value ? '1' : '0');
  const asks = ['attribute', 'authentication', flag(wanted.chap)] as const;
  const lets = ['attribute', 'generate_node_acls', flag(wanted.open)] as const;
  if (!isKnown) return [change('CHAP', undefined, wanted.chap, asks, lets)];
  return [
    ...(now.chap === wanted.chap ? [] : [change('CHAP', now.chap, wanted.chap, asks)]),
    ...(now.open === wanted.open ? [] : [change('lets anybody in', now.open, wanted.open, lets)]),
  ];
}

function lunChanges(now: LioTarget, wanted: LioTarget): readonly LioChange[] {
  const numbers = [...new Set([...Object.keys(now.luns), ...Object.keys(wanted.luns)])].sort(
    (a, b) => +a - +b,
  );
  return numbers.flatMap((number) => {
    const [before, after] = [now.luns[number], wanted.luns[number]];
    if (before === after) return [];
    const gone: readonly LioEdit[] = before === undefined ? [] : [['no lun', Number(number)]];
    const made: readonly LioEdit[] = after === undefined ? [] : [['lun', Number(number), after]];
    return [change(`LUN ${number}`, before, after, ...gone, ...made)];
  });
}

function aclChanges(want: TargetWant, now: LioTarget, wanted: LioTarget): readonly LioChange[] {
  const names = [...new Set([...Object.keys(now.acls), ...Object.keys(wanted.acls)])].sort();
  return names.flatMap((name) => {
    const [before, after] = [now.acls[name], wanted.acls[name]];
    if (!after) return [change(`initiator ${name}`, true, undefined, ['no acl', name])];
    return [
      ...(before ? [] : [change(`initiator ${name}`, undefined, true, ['acl', name])]),
      ...chapChange(want, name, before, after),
      ...mapChanges(name, before, after, now, wanted),
    ];
  });
}

/** Passwords are not shown. */
function chapChange(
  want: TargetWant,
  name: string,
  before: LioAcl | undefined,
  after: LioAcl,
): readonly LioChange[] {
  if ((before?.chap ?? []).join() === after.chap.join()) return [];
  const { user, password, mutual } = want.acls.find((one) => one.initiator === name)?.chap ?? {};
  const told = (chap: readonly string[] | undefined): Shown =>
    chap === undefined || chap.length === 0
      ? undefined
      : `as ${chap[0]}${chap[2] ? `, and back as ${chap[2]}` : ''}`;
  const [one, other] = [told(before?.chap), told(after.chap)];
  const edit: LioEdit = ['chap', name, user, password, mutual?.user, mutual?.password];
  return [change(`initiator ${name}: CHAP`, one, one === other ? `${other}, another password` : other, edit)];
}

/** An initiator sees the LUNs by the target's numbers. A LUN that changes what is behind it is mapped anew. */
function mapChanges(
  name: string,
  before: LioAcl | undefined,
  after: LioAcl,
  now: LioTarget,
  wanted: LioTarget,
): readonly LioChange[] {
  const stays = (number: number): boolean =>
    before?.luns.includes(number) === true && now.luns[number] === wanted.luns[number];
  const made = after.luns.filter((number) => !stays(number));
  // With a LUN its maps go by themselves (rtslib_fb/target.py, LUN.delete).
  const gone = (before?.luns ?? []).filter(
    (number) => !after.luns.includes(number) && wanted.luns[number] !== undefined,
  );
  const vanishing = (before?.luns ?? []).some((number) => now.luns[number] !== wanted.luns[number]);
  if (made.length === 0 && gone.length === 0 && !vanishing) return [];
  const edits: readonly LioEdit[] = [
    ...gone.map((number) => ['no map', name, number] as const),
    ...made.map((number) => ['map', name, number] as const),
  ];
  const shown = (luns: readonly number[] | undefined): Shown => luns?.map(String);
  return [change(`initiator ${name}: LUNs`, shown(before?.luns), shown(after.luns), ...edits)];
}

/** Backstores that this target had, and that nobody has afterwards. */
function orphans(iqn: string, live: Lio, wanted: LioTarget): readonly LioChange[] {
  const others = Object.entries(live.targets).flatMap(([name, one]) =>
    name === iqn ? [] : Object.values(one.luns),
  );
  const kept = new Set([...others, ...Object.values(wanted.luns)]);
  const had = [...new Set(Object.values(live.targets[iqn]?.luns ?? {}))];
  return had
    .filter((name) => !kept.has(name))
    .map((name) => change(`backstore ${name}`, live.stores[name]?.path, undefined, ['no store', name]));
}
