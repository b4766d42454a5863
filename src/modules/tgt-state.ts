import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';

/** A target of tgtd. */
export interface TgtTarget {
  readonly tid: number;
  /** Names and addresses of initiators that are let in. */
  readonly allows: readonly string[];
  /** Paths behind LUNs by number, but for LUN 0, which is tgtd's own. */
  readonly luns: Readonly<Record<string, string>>;
  /** Accounts by which initiators log in. */
  readonly users: readonly string[];
  /** Account by which the target proves who it is. */
  readonly back: string | undefined;
}

/** What tgtd serves at this moment. */
export interface Tgt {
  readonly accounts: readonly string[];
  readonly portals: readonly string[];
  readonly targets: Readonly<Record<string, TgtTarget>>;
}

/**
 * tgtadm tells it for people (tgt/usr/target.c, tgt_target_show_all, and iscsi/target.c); here it is a sorted line for each
 * thing. Without tgtd there is nothing.
 */
export const TGT: Capture = capture(
  'sh',
  '-c',
  String.raw`command -v tgtadm >/dev/null || exit 0
ask() { tgtadm --lld iscsi --op show --mode "$1" 2>/dev/null; }
{
  ask target | awk '
    /^Target / { tid = $2 + 0; print "target", tid, $3 }
    /^    [A-Z]/ { section = $1 }
    /^        LUN: / { lun = $2 }
    /^            Type: / { type = $2 }
    /^            Backing store path: / { if (type != "controller") print "lun", tid, lun, substr($0, 33) }
    section == "Account" && /^        / { print ($2 == "(outgoing)" ? "back" : "user"), tid, $1 }
    section == "ACL" && /^        / { print "allows", tid, $1 }
  '
  ask portal | sed -n 's/^Portal: \(.*\),[0-9]*$/portal \1/p'
  ask account | sed -n 's/^    \(.*\)/account \1/p'
} | LC_ALL=C sort`,
);

/** Reads what `TGT` answered. */
export function readTgt({ stdout }: Captured): Tgt {
  const lines = linesOf(stdout).map((line) => line.split(' '));
  const all = (kind: string): readonly string[] =>
    lines.flatMap(([k, name = '']) => (k === kind ? [name] : []));
  const targets = lines.flatMap(([kind, tid, iqn = '']) => {
    const of = (wanted: string): readonly (readonly string[])[] =>
      lines.flatMap(([k, t, ...rest]) => (k === wanted && t === tid ? [rest] : []));
    const first = (wanted: string): readonly string[] => of(wanted).map(([name = '']) => name);
    const luns = Object.fromEntries(of('lun').map(([number = '', ...path]) => [number, path.join(' ')]));
    const one: TgtTarget = {
      ...{ tid: Number(tid), allows: first('allows'), luns, users: first('user'), back: first('back')[0] },
    };
    return kind === 'target' ? [[iqn, one] as const] : [];
  });
  return { accounts: all('account'), portals: all('portal'), targets: Object.fromEntries(targets) };
}

/** What `TGT` prints of this. */
export function printTgt({ accounts, portals, targets }: Tgt): Captured {
  const lines = Object.entries(targets).flatMap(([iqn, { tid, allows, luns, users, back }]) => [
    `target ${tid} ${iqn}`,
    ...Object.entries(luns).map(([number, path]) => `lun ${tid} ${number} ${path}`),
    ...users.map((name) => `user ${tid} ${name}`),
    ...(back === undefined ? [] : [`back ${tid} ${back}`]),
    ...allows.map((name) => `allows ${tid} ${name}`),
  ]);
  return printed([
    ...lines,
    ...portals.map((one) => `portal ${one}`),
    ...accounts.map((one) => `account ${one}`),
  ]);
}

const NOT_ROOT = 4;

/** Files that tgt-admin reads when tgtd starts, with the hash of each, and of each password in it. */
export const KEPT: Capture = capture(
  'sh',
  '-c',
  `all=$(for file in /etc/tgt/conf.d/*.conf; do
  [ -e "$file" ] || continue
  [ -r "$file" ] || exit ${NOT_ROOT}
  sum=$(sha256sum <"$file")
  echo "file $file \${sum%% *}"
  while read -r word user password; do
    case $word in incominguser | outgoinguser) ;; *) continue ;; esac
    sum=$(printf %s "$password" | sha256sum)
    echo "password $file $user \${sum%% *}"
  done <"$file"
done) || exit
[ -z "$all" ] || printf '%s\\n' "$all" | LC_ALL=C sort`,
);

/** What `KEPT` told. */
export interface Kept {
  readonly files: Readonly<Record<string, string>>;
  readonly passwords: readonly { readonly file: string; readonly user: string; readonly sha256: string }[];
}

/** Reads what `KEPT` answered; undefined where it may not. */
export function readKept({ rc, stdout }: Captured): Kept | undefined {
  if (rc === NOT_ROOT) return undefined;
  const lines = linesOf(stdout).map((line) => line.split(' '));
  return {
    files: Object.fromEntries(
      lines.flatMap(([kind, file = '', sum = '']) => (kind === 'file' ? [[file, sum] as const] : [])),
    ),
    passwords: lines.flatMap(([kind, file = '', user = '', sha256 = '']) =>
      kind === 'password' ? [{ file, user, sha256 }] : [],
    ),
  };
}

/** What `KEPT` prints of this. */
export const printKept = ({ files, passwords }: Kept): Captured =>
  printed([
    ...Object.entries(files).map(([file, sum]) => `file ${file} ${sum}`),
    ...passwords.map(({ file, user, sha256 }) => `password ${file} ${user} ${sha256}`),
  ]);

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** As `LC_ALL=C sort` has them. */
const printed = (lines: readonly string[]): Captured => ({
  rc: 0,
  stdout: lines
    .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map((line) => `${line}\n`)
    .join(''),
  stderr: '',
  missing: false,
});
