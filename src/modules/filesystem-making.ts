import type { Captured } from '../model/probe.ts';
import { answers, run, type Step, step } from '../model/step.ts';
import { unknown } from '../model/value.ts';
import { type Content, contentOf, printContent, uuidOf } from './filesystem-device.ts';
import { EMPTY } from './filesystem-empty.ts';
import { IN_PROGRESS, RECORDS } from './filesystem-record.ts';
import { FLUSH } from './flush.ts';

/** What is to be made. */
interface Wanted {
  readonly dev: string;
  readonly fstype: string;
  readonly label?: string | undefined;
  readonly uuid?: string | undefined;
  readonly opts: readonly string[];
}

/**
 * Makes a file system on $1, of which $2 says what is there: nothing, or an `unfinished` XFS of ours, whose signature goes first. The
 * words from $4 on are mkfs and its arguments; of XFS, $3 is the UUID, or empty. What the plan saw is looked at once more:
 * mke2fs would ask on a device that is not empty (mke2fs(8)). wipefs and mkfs.xfs open it exclusively, and so fail where an
 * earlier mkfs is still at work, or somebody has mounted it.
 */
const MKFS = `# mkfs, where nothing is
dev=$1 found=$2 uuid=$3 begun=
shift 3
${FLUSH}
${IN_PROGRESS}
${EMPTY}
if [ "$found" = unfinished ]; then
  begun=${RECORDS}/$(blkid -p -s UUID -o value -- "$dev")
  [ "$(blkid -p -s TYPE -o value -- "$dev")" = xfs ] && [ -f "$begun" ] && [ "$(in_progress "$dev")" = 1 ] ||
    { echo "$dev holds something else than the unfinished xfs that was planned for: plan again" >&2; exit 1; }
  wipefs -q -a -t xfs -- "$dev" || { echo "Is mkfs.xfs still at work on $dev, or has somebody mounted it?" >&2; exit 1; }
fi
empty "$dev" || { echo "$dev is not empty any more, or cannot be read" >&2; exit 1; }
record=
if [ "$1" = mkfs.xfs ]; then
  [ -n "$uuid" ] || read -r uuid </proc/sys/kernel/random/uuid || exit
  record=${RECORDS}/$uuid
  mkfs=$1
  shift
  set -- "$mkfs" -m "uuid=$uuid" "$@"
  (umask 077 && mkdir -p ${RECORDS} && printf '%s\\n' "$dev" >"$record") && flush "$record" ${RECORDS} "\${record%/*/*}" ||
    { echo "$record, the record of what was begun, cannot be written: is the disk full?" >&2; exit 1; }
fi
"$@"
status=$?
if [ $status != 0 ]; then
  # Of what has not even a signature there is nothing to tell.
  [ -z "$record" ] || ! empty "$dev" || rm -f -- "$record"
  exit $status
fi
flush "$dev" || exit
[ -z "$record$begun" ] || { rm -f -- "\${record:-$begun}" "\${begun:-$record}" && flush ${RECORDS}; }`;

/** Makes a file system where nothing is, or an XFS that was begun here and never finished. */
export function mkfsStep(want: Wanted, found: Content): Step {
  const isBegun = found.mkfs === 'unfinished';
  const content: Content = {
    type: want.fstype,
    ...(want.label === undefined ? {} : { label: want.label }),
  };
  const uuid = want.uuid === undefined ? unknown('mkfs makes it up') : said(`${want.uuid}\n`);
  const words = [want.dev, isBegun ? 'unfinished' : 'nothing', want.uuid ?? '', ...mkfs(want)];
  return step('file system', isBegun ? 'unfinished xfs' : undefined, want.fstype, {
    action: run(['sh', '-c', MKFS, 'sh', ...words], { stdin: '' }),
    effects: [answers(contentOf(want.dev), said(printContent(content))), answers(uuidOf(want.dev), uuid)],
  });
}

function mkfs({ dev, fstype, label, uuid, opts }: Wanted): readonly string[] {
  const named = label === undefined ? [] : ['-L', label];
  const numbered = fstype === 'xfs' || uuid === undefined ? [] : ['-U', uuid];
  return [`mkfs.${fstype}`, '-q', ...named, ...numbered, ...opts, dev];
}

/**
 * Looks at an XFS whose mkfs came to its last write, but not to where the record goes. Writes that the disk had not kept may be lost,
 * so xfs_repair looks, and changes nothing (-n). One that the kernel has mounted meanwhile is whole, or the kernel's to judge.
 */
const CHECK = `# xfs_repair -n, where mkfs was cut short
${FLUSH}
number=$(cat "/sys/class/block/$(basename "$(readlink -f -- "$1")")/dev")
if ! grep -q "^[0-9]* [0-9]* $number " /proc/self/mountinfo; then
  command -v xfs_repair >/dev/null || { echo 'There is no xfs_repair on this host: install xfsprogs' >&2; exit 1; }
  xfs_repair -n -- "$1" >/dev/null 2>&1 || {
    echo "The mkfs.xfs of $1 was cut short at its end, and xfs_repair -n finds faults in what it left. If it was never mounted since," \\
      "nothing is on it: \\"wipefs -a $1\\" empties it, and the next apply makes it anew. If it was, mount it and apply again." >&2
    exit 1
  }
fi
flush "$1" || exit
rm -f -- "${RECORDS}/$(blkid -p -s UUID -o value -- "$1")" && flush ${RECORDS}`;

/** Tells a file system that only lacks the word that it is finished from one that is damaged. */
export function checkStep(dev: string, { mkfs: _unchecked, ...content }: Content): Step {
  return step('file system', 'xfs, perhaps unfinished', 'xfs, checked', {
    action: run(['sh', '-c', CHECK, 'sh', dev], { stdin: '' }),
    effects: [answers(contentOf(dev), said(printContent(content)))],
  });
}

const said = (stdout: string): Captured => ({ rc: 0, stdout, stderr: '', missing: false });
