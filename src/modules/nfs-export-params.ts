import * as z from 'zod';
import { barePath } from './file-path.ts';

/** Options of exports(5) that exclude one another; the first of each is what holds where none is given. */
const CHOICES = [
  ['ro', 'rw'],
  ['sync', 'async'],
  ['wdelay', 'no_wdelay'],
  ['hide', 'nohide'],
  ['nocrossmnt', 'crossmnt'],
  ['secure', 'insecure'],
  ['root_squash', 'no_root_squash'],
  ['no_all_squash', 'all_squash'],
  ['no_subtree_check', 'subtree_check'],
  ['acl', 'no_acl'],
] as const;

const NAMES = CHOICES.flat();
const VALUES =
  /^(?:anonuid=\d+|anongid=\d+|fsid=(?:\d+|root|[0-9a-f-]{36})|sec=(?:sys|krb5|krb5i|krb5p)(?::(?:sys|krb5|krb5i|krb5p))*)$/;

const option = z.string().refine((text) => (NAMES as readonly string[]).includes(text) || VALUES.test(text), {
  error: ({ input }) =>
    `${input} is no option of exports(5) that we know; there are ${NAMES.join(', ')}, and anonuid=, anongid=, fsid=, sec=.`,
});

const client = z
  .strictObject({
    host: z
      .string()
      .regex(/^[^\s()#"]+$/, 'Write an address, a network such as 10.0.0.0/24, a name, or *.')
      .describe(
        'Who may mount it: an address, a network (`10.0.0.0/24`), a name, `*.example.org`, `@netgroup`, or `*`.',
      ),
    options: z
      .array(option)
      .default([])
      .describe(
        'Options of exports(5). Where none is given these hold: `ro`, `sync`, `root_squash`, `no_subtree_check`, `secure`.',
      ),
  })
  .superRefine(({ options }, issues) => {
    for (const [one, other] of CHOICES) {
      if (!options.includes(one) || !options.includes(other)) continue;
      issues.addIssue({
        code: 'custom',
        path: ['options'],
        message: `Give one of ${one} and ${other}, not both.`,
      });
    }
  });

/** Parameters of nfs_export. */
export const exportParams = () =>
  z
    .strictObject({
      path: barePath
        .refine((path) => !/["\n]/.test(path), { error: 'A quote or a line break cannot be in an export.' })
        .describe('Directory that clients mount.'),
      clients: z.array(client).default([]).describe('Who may mount it, and how. Nobody else may.'),
      name: z
        .string()
        .regex(/^[\w@:-][\w.@:-]*$/, 'Write a name of letters, digits, dots and dashes.')
        .optional()
        .describe(
          'Name of its file, /etc/exports.d/NAME.exports; by default the path, with dashes: srv-www.',
        ),
      state: z.enum(['present', 'absent']).default('present').describe('Whether it is exported.'),
    })
    .refine((want) => want.state === 'absent' || want.clients.length > 0, {
      path: ['clients'],
      error: 'Say who may mount it; for everybody write host: "*".',
    })
    .superRefine(({ clients }, issues) => {
      clients.forEach(({ host }, index) => {
        if (clients.findIndex((other) => other.host === host) === index) return;
        issues.addIssue({
          code: 'custom',
          path: ['clients', index],
          message: `The client ${host} is listed twice.`,
        });
      });
    });

/** Parameters of nfs_export after parsing. */
export type ExportWant = z.output<ReturnType<typeof exportParams>>;

/** All options of a client as they are written down: what matters is said, so that no default of the server counts. */
export function writtenOptions(options: readonly string[]): readonly string[] {
  const said = ['ro', 'sync', 'root_squash', 'no_subtree_check'].filter(
    (standard) =>
      !CHOICES.some(
        (pair) => (pair as readonly string[]).includes(standard) && pair.some((one) => options.includes(one)),
      ),
  );
  return [...options, ...said];
}

/** Options that make an export other than one without any, in the order in which `LIVE` prints them. */
export const TELLING = CHOICES.map(([, unusual]) => unusual);

/** What of its options distinguishes a client in the server's own table, as `LIVE` prints it. */
export function tellingOptions(options: readonly string[]): readonly string[] {
  const valued = VALUED.flatMap((name) => {
    const said = options.findLast((one) => one.startsWith(`${name}=`))?.replace('fsid=root', 'fsid=0');
    return said === undefined || USUAL.includes(said) ? [] : [said];
  });
  return [...TELLING.filter((name) => options.includes(name)), ...valued];
}

export const VALUED = ['fsid', 'anonuid', 'anongid', 'sec'] as const;
/** As exports(5) has it, and as the table tells it of every client. */
export const USUAL = ['anonuid=65534', 'anongid=65534', 'sec=sys'];
