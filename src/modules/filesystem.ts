import * as z from 'zod';
import type { Captured } from '../model/probe.ts';
import { program } from '../model/probe-makers.ts';
import { unknown } from '../model/value.ts';
import { barePath } from './file-path.ts';
import { type Content, contentOf, readContent, useOf, uuidOf } from './filesystem-device.ts';
import { checkStep, mkfsStep } from './filesystem-making.ts';
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
    .refine(({ fstype, opts }) => fstype !== 'xfs' || !opts.some((word) => /(^|,|^-m)uuid=/.test(word)), {
      path: ['opts'],
      error: 'Write the UUID in uuid.',
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
swap. Anything else than the file system that is wanted is refused, and so is a disk that cannot be read. There is no \`force\` and
no \`state: absent\`: data is destroyed by hand, with \`wipefs -a DEVICE\` once nothing uses it. mkfs looks once more right before
it writes.

If mkfs is cut short, by a power cut for instance, the next apply makes the file system anew, and a plan says
\`unfinished xfs → xfs\`. mke2fs writes the superblock last, so until then the device is empty. mkfs.xfs writes it early and marks it
as unfinished until it is done; the kernel mounts no such file system. It is made anew only where this host has a record in
/var/lib/troupe/mkfs that Troupe began just this one, on an empty device; any other is refused.

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
    if (content.mkfs === 'foreign') return foreign(want.dev);
    const isBegun = content.mkfs === 'unfinished';
    if (content.type === want.fstype && !isBegun) {
      const other = otherOne(want, content, () => textOf(found.uuid));
      return other ?? (content.mkfs === 'unchecked' ? [checkStep(want.dev, content)] : []);
    }
    const what = contentOrUse(isBegun ? {} : content, () => textOf(found.use));
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
    return [mkfsStep(want, content)];
  },
  result: (want, found) => {
    const content = readContent(want.dev, found.content);
    const isThere = !('refused' in content) && content.type === want.fstype && content.mkfs !== 'unfinished';
    const uuid = isThere ? textOf(found.uuid) : (want.uuid ?? unknown('mkfs makes it up when applied'));
    return { dev: want.dev, fstype: want.fstype, uuid, label: (isThere ? content.label : want.label) ?? '' };
  },
});

const textOf = ({ stdout }: Captured): string => stdout.trim();

/** Why an XFS is not made anew that somebody else began: xfs_copy and xfs_mdrestore mark theirs in the same way. */
const foreign = (dev: string): Refusal =>
  refuse(
    `${dev} holds an unfinished xfs, and this host has no record that Troupe began it.`,
    `Either mkfs.xfs, xfs_copy or xfs_mdrestore was cut short, or it is still at work. If nothing on it is needed, "wipefs -a ${dev}" empties it.`,
  );

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
