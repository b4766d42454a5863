import * as z from 'zod';
import { barePath } from './file-path.ts';
import { isNfs } from './mount-live.ts';

const word = (what: string) => z.string().regex(/^\S+$/, `Write ${what} without blanks.`);

/** Parameters of mount. */
export const mountParams = () =>
  z
    .strictObject({
      path: barePath
        .refine((path) => path !== '/', { error: 'The root is no mount of ours.' })
        .describe('Where it is mounted. The directory is made where there is none.'),
      src: z
        .string()
        .min(1)
        .optional()
        .describe(
          'What is mounted: a device (`UUID=…`, `/dev/disk/by-id/…`), or an export (`nfs1:/srv/www`).',
        ),
      fstype: word('the type').optional().describe('Type of the file system: ext4, xfs, nfs, tmpfs …'),
      opts: word('options, with commas between them,')
        .default('defaults')
        .describe('Options, with commas between them: those of mount(8) and of the file system.'),
      dump: z.int().min(0).default(0).describe('Fifth field of fstab(5).'),
      passno: z.int().min(0).default(0).describe('Sixth field of fstab(5): when fsck looks at it; 0: never.'),
      state: z
        .enum(['mounted', 'present', 'ephemeral', 'unmounted', 'absent'])
        .default('mounted')
        .describe(
          '`mounted` now and at boot; `present` only at boot; `ephemeral` only now; `unmounted` now, and at boot as it is; `absent` neither. The directory stays.',
        ),
    })
    .refine((want) => !isWanted(want.state) || want.src !== undefined, {
      path: ['src'],
      error: 'Say in src what is mounted.',
    })
    .refine((want) => !isWanted(want.state) || want.fstype !== undefined, {
      path: ['fstype'],
      error: 'Say in fstype which file system it is.',
    })
    .refine((want) => !isNfs(want.fstype ?? '') || want.src === undefined || /:\//.test(want.src), {
      path: ['src'],
      error: ({ input }) =>
        `${(input as { src?: string }).src} names no export: write the server, a colon and the path, such as nfs1:/srv/www.`,
    });

/** Parameters of mount after parsing. */
export type MountWant = z.output<ReturnType<typeof mountParams>>;

/** True for states in which there is to be a mount, now or at boot. */
export function isWanted(state: string): boolean {
  return ['mounted', 'present', 'ephemeral'].includes(state);
}
