import * as z from 'zod';
import { hostPath } from './file-path.ts';
import { iscsiName, portal as portalSchema, portalText } from './iscsi-names.ts';

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

const size = z
  .string()
  .regex(/^[1-9]\d*[KMGT]$/, 'Write a number and one of K, M, G, T, such as 10G (powers of 1024).')
  .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 1));

const portal = portalSchema.transform(portalText);

/** rtslib refuses an authority without a dot (rtslib_fb/utils.py, normalize_wwn), and so do we. */
const iqn = iscsiName.refine(
  (name) => !name.startsWith('iqn.') || /^iqn\.\d{4}-\d\d\.[a-z0-9-]+\.[a-z0-9]/.test(name),
  {
    error: ({ input }) =>
      `LIO takes no name whose authority has no dot: ${input}. Write a domain backwards, such as iqn.2026-01.org.example:data.`,
  },
);

const lun = z
  .strictObject({
    lun: z.int().min(0).max(255).describe('Its number, by which initiators know it.'),
    name: z
      .string()
      .regex(/^[\w.-]+$/, 'Write letters, digits, dots and dashes.')
      .describe('Name of what is behind it, one a host.'),
    type: z.enum(['fileio', 'block']).default('fileio').describe('A file, or a block device.'),
    path: hostPath.describe('The file or the device; a device best by its link in /dev/disk.'),
    size: size
      .optional()
      .describe(
        'Size of a file: `10G`, with K, M, G or T. It is made sparse where there is none; one that is there must have it.',
      ),
  })
  .refine((one) => (one.type === 'fileio') === (one.size !== undefined), {
    path: ['size'],
    error: 'A file needs a size, and a block device has its own.',
  });

const CHAP_TEXT = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'Write letters, digits and signs, without blanks.');

const chap = z.strictObject({
  user: CHAP_TEXT.describe('User.'),
  password: CHAP_TEXT.describe('Password, from a secret; some initiators take 12 to 16 characters only.'),
  mutual: z
    .strictObject({
      user: CHAP_TEXT.describe('User.'),
      password: CHAP_TEXT.describe('Password, another one (RFC 3720, 8.2.1).'),
    })
    .optional()
    .describe('With what the target, for its part, proves who it is.'),
});

const acl = z.strictObject({
  initiator: iqn.describe('Name of the initiator.'),
  chap: chap.optional().describe('By which it must log in.'),
});

/** Parameters of iscsi_target. */
export const targetParams = () =>
  z
    .strictObject({
      iqn: iqn.describe('Name of the target.'),
      portals: z
        .array(portal)
        .default([])
        .describe('Addresses at which it is served, with a port where that is not 3260.'),
      luns: z.array(lun).default([]).describe('What initiators see as disks.'),
      acls: z.array(acl).default([]).describe('Initiators that may log in; all others are refused.'),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('`absent`: it goes, with what is behind it in LIO; files and what is in them stay.'),
    })
    .superRefine((want, issues) => {
      const say = (path: (string | number)[], message: string): void =>
        void issues.addIssue({ code: 'custom', path, message });
      if (want.state === 'absent') return;
      if (want.portals.length === 0) say(['portals'], 'Say at which address it is served, such as 10.0.0.5.');
      want.luns.forEach((one, at) => {
        const other = want.luns
          .slice(0, at)
          .find((o) => o.lun === one.lun || o.name === one.name || o.path === one.path);
        if (other)
          say(
            ['luns', at],
            `LUN ${one.lun} (${one.name}) and LUN ${other.lun} (${other.name}) must differ in number, name and path.`,
          );
      });
      want.acls.forEach((one, at) => {
        if (want.acls.findIndex((o) => o.initiator === one.initiator) !== at)
          say(['acls', at], `The initiator ${one.initiator} is listed twice.`);
      });
      if (new Set(want.acls.map((one) => one.chap !== undefined)).size > 1)
        say(
          ['acls'],
          'Either all initiators log in by CHAP or none: LIO asks for it by target, not by initiator.',
        );
    });

/** Parameters of iscsi_target after parsing. */
export type TargetWant = z.output<ReturnType<typeof targetParams>>;
