import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { EMPTY } from './filesystem-empty.ts';
import { IN_PROGRESS, RECORDS } from './filesystem-record.ts';
import { type Refusal, refuse } from './module.ts';

/** Exit statuses of the probes, where they cannot look. */
const NO_BLKID = 3;
const NOT_ROOT = 4;
const MISSING = 5;
const NO_DEVICE = 6;
const UNREADABLE = 7;
const SEVERAL = 8;

/**
 * `dev`, the device itself, links followed. udev may still be at work for a disk that has just come: udevadm settle returns
 * at once where it is not. blkid takes a device that it may not read for an empty one, so that is looked at first.
 */
const LOOK = `[ -e "$1" ] || ! command -v udevadm >/dev/null || udevadm settle -t 8 2>/dev/null
[ -e "$1" ] || exit ${MISSING}
[ -b "$1" ] || exit ${NO_DEVICE}
command -v blkid >/dev/null || exit ${NO_BLKID}
[ -r "$1" ] || exit ${NOT_ROOT}`;

/**
 * What is on it: a line each of LABEL, MKFS, PTTYPE and TYPE. Low-level probing (blkid(8), -p) asks the device and not a cache;
 * it exits with 2 where it finds nothing or cannot read, and with 8 where it finds several things. MKFS tells of an XFS how far
 * its mkfs has come, where that is not simply done.
 */
const CONTENT = `${LOOK}
said=$(blkid -p -o export -- "$1")
status=$?
if [ $status = 2 ]; then
  ${EMPTY}
  empty "$1" && exit
  exit ${UNREADABLE}
fi
[ $status = 0 ] || exit $status
{
  printf '%s\\n' "$said" | grep -E '^(LABEL|PTTYPE|TYPE)='
  if printf '%s\\n' "$said" | grep -qx TYPE=xfs; then
    ${IN_PROGRESS}
    begun=${RECORDS}/$(printf '%s\\n' "$said" | sed -n 's/^UUID=//p')
    case $(in_progress "$1"),$([ ! -f "$begun" ] || echo ours) in
      0,) ;; 0,ours) echo MKFS=unchecked ;; 1,ours) echo MKFS=unfinished ;; *) echo MKFS=foreign ;;
    esac
  fi
} | LC_ALL=C sort
exit 0`;

const UUID = `${LOOK}
blkid -p -s UUID -o value -- "$1" || [ $? = 2 ]`;

/** Who uses it, a line each: mount points and swap by its number, and devices that are made of it, or parts of it. */
const USE = `${LOOK}
dev=$(readlink -f -- "$1")
number=$(cat "/sys/class/block/\${dev##*/}/dev")
while read -r _ _ at _ where _; do [ "$at" != "$number" ] || printf 'mounted at %b\\n' "$where"; done </proc/self/mountinfo
while read -r swap _; do [ "$swap" != "$dev" ] || echo 'used as swap'; done </proc/swaps
for part in "/sys/class/block/\${dev##*/}/holders"/*; do [ ! -e "$part" ] || echo "part of \${part##*/}"; done | sort
exit 0`;

const onDevice = (script: string, dev: string): Capture => ({
  ...capture('sh', '-c', script, 'sh', dev),
  timeoutMs: 20_000,
});

/** File system, label and partition table of a device. */
export const contentOf = (dev: string): Capture => onDevice(CONTENT, dev);
/** UUID of the file system on a device; nothing where there is none. */
export const uuidOf = (dev: string): Capture => onDevice(UUID, dev);
/** By whom a device is used. */
export const useOf = (dev: string): Capture => onDevice(USE, dev);

/** What both answer where there is no such device. */
export const NO_DISK: Captured = { rc: MISSING, stdout: '', stderr: '', missing: false };

/** What was found on a device; all are left out of an empty one. */
export interface Content {
  readonly type?: string;
  readonly label?: string;
  readonly table?: string;
  readonly mkfs?: MkfsState;
}

/**
 * How far the mkfs of an XFS has come, where that is not simply done: `unfinished` and begun by us, so that nothing can have been
 * written to it since; `foreign`, unfinished and begun by somebody else; `unchecked`: ours has come to its end, but was cut short
 * before the disk was known to have it all.
 */
export type MkfsState = 'unfinished' | 'foreign' | 'unchecked';

/** Reads what `contentOf` answered. */
export function readContent(dev: string, { rc, stdout, missing, stderr }: Captured): Content | Refusal {
  if (rc === MISSING)
    return refuse(
      `There is no device ${dev}.`,
      'Look at lsblk -o NAME,SIZE,TRAN,SERIAL and /dev/disk; of iSCSI, the task that logs in comes first.',
    );
  if (rc === NO_DEVICE) return refuse(`${dev} is not a block device.`);
  if (rc === NO_BLKID || missing) return refuse('There is no blkid on this host.', 'Install util-linux.');
  if (rc === NOT_ROOT) return refuse(`${dev} cannot be read.`, 'Only root may: become: true.');
  if (rc === UNREADABLE)
    return refuse(
      `Not all of ${dev} can be read, so nobody can tell what is on it.`,
      'Is the disk broken, or is its session down? Look at dmesg; of iSCSI, at iscsiadm -m session -P 1.',
    );
  if (rc === SEVERAL) {
    return refuse(
      `${dev} carries traces of several file systems.`,
      `"wipefs ${dev}" shows them, and with -a takes them and all data away.`,
    );
  }
  if (rc !== 0) return refuse(`blkid cannot read ${dev} (status ${rc}): ${stderr.trim()}`);
  const field = (name: string): string | undefined => new RegExp(`^${name}=(.+)$`, 'm').exec(stdout)?.[1];
  const [type, label, table, mkfs] = [field('TYPE'), field('LABEL'), field('PTTYPE'), field('MKFS')];
  return {
    ...(type === undefined ? {} : { type }),
    ...(label === undefined ? {} : { label }),
    ...(table === undefined ? {} : { table }),
    ...(mkfs === undefined ? {} : { mkfs: mkfs as MkfsState }),
  };
}

/** What `contentOf` prints of a device with this content. */
export const printContent = ({ label, mkfs, table, type }: Content): string =>
  [
    label === undefined ? '' : `LABEL=${label}\n`,
    mkfs === undefined ? '' : `MKFS=${mkfs}\n`,
    table === undefined ? '' : `PTTYPE=${table}\n`,
    type === undefined ? '' : `TYPE=${type}\n`,
  ].join('');
