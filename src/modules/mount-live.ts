import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';

/** What is mounted at a path. */
export interface LiveMount {
  /** As it was asked for, where that names the device that is mounted; otherwise as the kernel has it. */
  readonly src: string;
  readonly fstype: string;
  /** Those options that we compare, as `comparable` has them. */
  readonly opts: readonly string[];
}

/** Options of every file system (mount(8)), with what undoes them. */
const GENERIC: Readonly<Record<string, string>> = {
  ro: 'rw',
  nosuid: 'suid',
  nodev: 'dev',
  noexec: 'exec',
  noatime: 'relatime',
};
/** Options of NFS that can only be set by mounting anew (nfs(5)); the kernel prints each of them. */
const OF_NFS = ['vers', 'sec', 'proto', 'nconnect'];

/**
 * The last mount at a path counts: it lies over the others. /proc/self/mountinfo is told in proc_pid_mountinfo(5); blanks in
 * it are octal numbers.
 */
const FIND = `
p=$(readlink -f -- "$1") w=$2 seen='' below=''
case $w in
  UUID=*) w=/dev/disk/by-uuid/\${w#UUID=};; LABEL=*) w=/dev/disk/by-label/\${w#LABEL=};;
  PARTUUID=*) w=/dev/disk/by-partuuid/\${w#PARTUUID=};; PARTLABEL=*) w=/dev/disk/by-partlabel/\${w#PARTLABEL=};;
esac
case $w in /dev/*) w=$(readlink -f -- "$w");; esac
while read -r a b c d point flags rest; do
  case $point in *\\\\0*) point=$(printf %b "$point");; esac
  case $point in
    "$p") seen=1 opts=$flags found=" $rest";;
    "$p"/*) below="$below$point
";;
  esac
done </proc/self/mountinfo
[ -n "$seen" ] || exit 0
found=\${found#* - } fstype=\${found%% *} found=\${found#* }
src=\${found%% *} super=\${found#* } real=$src
case $real in /dev/*) real=$(readlink -f -- "$real");; esac
[ "$real" = "$w" ] && src=$2
`;

const PRINT = `
printf 'src %s\\nfstype %s\\n' "$src" "$fstype"
for o in ${Object.keys(GENERIC).join(' ')}; do case ,$opts, in *,$o,*) echo "opt $o";; esac; done
case $fstype in nfs*) ;; *) exit 0;; esac
case ,$super, in *,soft,*) echo 'opt soft';; esac
for o in $3; do
  case ,$super, in *,$o=*) v=,$super v=\${v#*,$o=} v=\${v%%,*}; case $o=$v in sec=sys|proto=tcp) ;; *) echo "opt $o=$v";; esac;; esac
done
`;

/** Who has a file open there, works there or runs from there; printed only where the mount is to go. */
const USERS = `
[ "$3" = mounted ] && [ "$src" = "$2" ] && exit 0
printf %s "$below" | while IFS= read -r m; do echo "the mount $m"; done
ls -l /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/exe /proc/[0-9]*/fd 2>/dev/null | while IFS= read -r l; do
  case $l in
    /proc/*/fd:) n=\${l#/proc/} n=\${n%%/*};;
    *" -> $p"|*" -> $p/"*)
      case $l in *' /proc/'*) n=\${l#*' /proc/'} n=\${n%%/*};; esac
      read -r name <"/proc/$n/comm" && echo "$name (process $n)";;
  esac
done | sort -u
`;

/**
 * What is mounted at a path, as `src` where that names the same device. It prints nothing where nothing is. A version of NFS
 * that is not asked for is left out: it is what client and server agreed on.
 */
export const liveProbe = (path: string, src: string, opts: readonly string[]): Capture => {
  const isAsked = (name: string): boolean => name !== 'vers' || versionOf(opts) !== undefined;
  return {
    ...capture('sh', '-c', FIND + PRINT, 'sh', path, src, OF_NFS.filter(isAsked).join(' ')),
    hangsOn: path,
  };
};

const versionOf = (opts: readonly string[]): string | undefined =>
  opts.findLast((one) => /^(?:nfs)?vers=/.test(one))?.replace(/^nfs/, '');

/** Who uses what is mounted at a path, unless it is to stay mounted. */
export const usersProbe = (path: string, src: string, state: string): Capture => ({
  ...capture('sh', '-c', FIND + USERS, 'sh', path, src, state),
  hangsOn: path,
});

/** Reads what `liveProbe` printed; undefined where nothing is mounted. */
export function parseLive({ stdout }: Captured): LiveMount | undefined {
  const fields = stdout.split('\n').map((line) => line.split(/ (.*)/s));
  const values = (name: string): readonly string[] =>
    fields.flatMap(([key, value = '']) => (key === name ? [value] : []));
  const [src] = values('src');
  return src === undefined ? undefined : { src, fstype: values('fstype')[0] ?? '', opts: values('opt') };
}

/** What `liveProbe` prints of a mount. */
export const printLive = ({ src, fstype, opts }: LiveMount): string =>
  [`src ${src}`, `fstype ${fstype}`, ...opts.map((one) => `opt ${one}`), ''].join('\n');

/** Of the options of fstab, those that the kernel tells back in one form, in the order in which `liveProbe` prints them. */
export function comparable(fstype: string, opts: readonly string[]): readonly string[] {
  const generic = Object.keys(GENERIC).filter((name) => {
    const said = opts.filter((one) => one === name || one === GENERIC[name]);
    return said.at(-1) === name;
  });
  if (!isNfs(fstype)) return generic;
  const named = OF_NFS.flatMap((name) => {
    const said = name === 'vers' ? versionOf(opts) : opts.findLast((one) => one.startsWith(`${name}=`));
    return said === undefined ? [] : [said];
  });
  return [
    ...generic,
    ...(opts.includes('soft') ? ['soft'] : []),
    ...named.filter((one) => one !== 'sec=sys' && one !== 'proto=tcp'),
  ];
}

/** True for NFS of any version: what is asked for as nfs the kernel has as nfs4. */
export const isNfs = (fstype: string): boolean => /^nfs4?$/.test(fstype);

/** What `mount -o remount` takes to come from the one to the other; undefined where it takes a new mount. */
export function remountOptions(
  before: readonly string[],
  after: readonly string[],
): readonly string[] | undefined {
  const differing = [...before, ...after].filter((one) => before.includes(one) !== after.includes(one));
  if (!differing.every((one) => one in GENERIC)) return undefined;
  // By name all that are to hold: a remount without them would lose them (mount(8)).
  return Object.entries(GENERIC).map(([name, otherwise]) => (after.includes(name) ? name : otherwise));
}
