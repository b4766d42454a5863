import * as z from 'zod';
import type { Captured } from '../model/probe.ts';
import { program } from '../model/probe-makers.ts';
import { answers, run, type Step, step } from '../model/step.ts';
import { unknown } from '../model/value.ts';
import { barePath } from './file-path.ts';
import { type Content, contentOf, printContent, readContent, useOf, uuidOf } from './filesystem-device.ts';
import { defineModule, type Refusal, refuse } from './module.ts';

const LABEL_MAX = { ext2: 16, ext3: 16, ext4: 16, xfs: 12 } as const;
const params = () =>
  z
    .strictObject({
      dev: barePath.describe('Block device: a whole disk or a partition, best by its link in /dev/disk.'),
      fstype: z.enum(['ext4', 'xfs', 'ext3', 'ext2']).describe('Kind of file system.'),
      label: z
        .string()
        .regex(/^[\w.:+-]{1,16}$/, 'A label has 1 to 16 letters, digits and ._:+-')
        .optional()
        .describe('Its label: at most 16 characters, of XFS at most 12.'),
      uuid: z
        .uuid({ error: 'Write a UUID such as 0c4cf4a0-8a2c-4f0d-9d54-6f2f3b0a7c11 (uuidgen makes one).' })
        .overwrite((text) => text.toLowerCase())
        .optional()
        .describe('Its UUID; a random one where it is left out.'),
      opts: z
        .array(z.string())
        .default([])
        .describe('Further words for mkfs, such as `[-m, "0"]`; they count only when it is made.'),
    })
    .refine(({ fstype, label = '' }) => label.length <= LABEL_MAX[fstype], {
      path: ['label'],
      error: 'The label of an XFS has at most 12 characters (mkfs.xfs(8)).',
    });

type Want = z.output<ReturnType<typeof params>>;

/** A file system on a device that is empty. */
export const filesystem = defineModule({
  name: 'filesystem',
  doc: `Makes a file system on a device, where that is empty.

A device is empty where \`blkid -p\` finds nothing on it: no file system, no partition table, no part of LVM, RAID or
swap. Anything else than the file system that is wanted is refused, and there is no \`force\` and no \`state: absent\`: data is
destroyed by hand, with \`wipefs -a DEVICE\` once nothing uses it. mkfs looks once more right before it writes.

- A register holds \`uuid\`, \`fstype\`, \`label\` and \`dev\`: mount it by \`src: "UUID={{disk.uuid}}"\`, because names such
  as sdb change from boot to boot. In a dry run the UUID of one that is still to be made is known only where \`uuid\` is given.
- A disk that comes in the same run (module \`iscsi_initiator\`) may have anything on it: known only when applied.
- It needs mkfs.ext4 (package e2fsprogs) or mkfs.xfs (xfsprogs). mkfs.xfs refuses devices below 300 MiB.
- ext4 and XFS are for one host at a time: two that mount one device destroy it.`,
  params,
  examples: [
    {
      title: 'A file system on a disk',
      params: { dev: '/dev/disk/by-id/virtio-disk1', fstype: 'ext4', label: 'data' },
    },
    {
      title: 'XFS on an iSCSI disk',
      params: {
        dev: '/dev/disk/by-path/ip-10.0.0.5:3260-iscsi-iqn.2026-01.com.example:d0-lun-0',
        fstype: 'xfs',
      },
    },
  ],
  identity: (want) => `${want.fstype} on ${want.dev}`,
  inspect: (want) => ({
    content: contentOf(want.dev),
    uuid: uuidOf(want.dev),
    use: useOf(want.dev),
    tool: program(`mkfs.${want.fstype}`),
  }),
  plan: (want, found) => {
    const content = readContent(want.dev, found.content);
    if ('refused' in content) return content;
    if (content.type === want.fstype) return otherOne(want, content, () => textOf(found.uuid)) ?? [];
    const what = contentOrUse(content, () => textOf(found.use));
    if (what !== undefined) {
      return refuse(
        `${want.dev} is not empty: ${what}.`,
        `Is it the right device? If nothing on it is needed any more, "wipefs -a ${want.dev}" empties it.`,
      );
    }
    if (found.tool.path === undefined) {
      const name = want.fstype === 'xfs' ? 'xfsprogs' : 'e2fsprogs';
      return refuse(
        `There is no mkfs.${want.fstype} on this host.`,
        `Install it first: package: {name: ${name}}.`,
      );
    }
    return [mkfsStep(want)];
  },
  result: (want, found) => {
    const content = readContent(want.dev, found.content);
    const isThere = !('refused' in content) && content.type === want.fstype;
    const uuid = isThere ? textOf(found.uuid) : (want.uuid ?? unknown('mkfs makes it up when applied'));
    return { dev: want.dev, fstype: want.fstype, uuid, label: (isThere ? content.label : want.label) ?? '' };
  },
});

const textOf = ({ stdout }: Captured): string => stdout.trim();

/** Why a file system of the right kind is not the one that is meant. */
function otherOne(want: Want, content: Content, uuid: () => string): Refusal | undefined {
  if (want.uuid !== undefined && uuid() !== want.uuid) {
    return refuse(
      `${want.dev} holds another ${want.fstype}: its UUID is ${uuid()}.`,
      'Is it the right device? If so, write this UUID, or leave uuid out.',
    );
  }
  if (want.label !== undefined && content.label !== want.label) {
    const program = want.fstype === 'xfs' ? 'xfs_admin -L' : 'e2label';
    return refuse(
      `${want.dev} holds another ${want.fstype}: its label is ${content.label ?? 'empty'}.`,
      `Is it the right device? If so, write this label, leave label out, or change it by hand: see ${program}.`,
    );
  }
  return undefined;
}

function contentOrUse({ type, label, table }: Content, use: () => string): string | undefined {
  const named = label === undefined ? '' : ` labelled ${label}`;
  const what =
    table === undefined
      ? type && `${KINDS[type] ?? `a file system ${type}`}${named}`
      : `a partition table (${table})`;
  const uses = use().split('\n').filter(Boolean);
  const parts = [...(what === undefined ? [] : [`it has ${what}`]), ...uses.map((line) => `it is ${line}`)];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** What blkid calls TYPE and is no file system. */
const KINDS: Readonly<Record<string, string>> = {
  LVM2_member: 'a physical volume of LVM',
  linux_raid_member: 'a part of a RAID',
  crypto_LUKS: 'a LUKS container',
  swap: 'swap space',
};

/** mke2fs would ask on a device that is not empty (mke2fs(8)), so blkid is asked once more, right before. */
const MKFS = `blkid -p -- "$1" >/dev/null 2>&1
[ $? = 2 ] || { echo "$1 is not empty any more" >&2; exit 1; }
shift
exec "$@"`;

function mkfsStep(want: Want): Step {
  const content: Content = {
    type: want.fstype,
    ...(want.label === undefined ? {} : { label: want.label }),
  };
  const uuid = want.uuid === undefined ? unknown('mkfs makes it up') : said(`${want.uuid}\n`);
  return step('file system', undefined, want.fstype, {
    action: run(['sh', '-c', MKFS, 'sh', want.dev, ...mkfs(want)], { stdin: '' }),
    effects: [answers(contentOf(want.dev), said(printContent(content))), answers(uuidOf(want.dev), uuid)],
  });
}

function mkfs({ dev, fstype, label, uuid, opts }: Want): readonly string[] {
  const named = label === undefined ? [] : ['-L', label];
  if (uuid === undefined) return [`mkfs.${fstype}`, '-q', ...named, ...opts, dev];
  const numbered = fstype === 'xfs' ? ['-m', `uuid=${uuid}`] : ['-U', uuid];
  return [`mkfs.${fstype}`, '-q', ...named, ...numbered, ...opts, dev];
}

const said = (stdout: string): Captured => ({ rc: 0, stdout, stderr: '', missing: false });
