import * as z from 'zod';
import type { Content } from '../model/content.ts';
import { absentFile, defineModule } from './module.ts';
import {
  baseOfSource,
  inspectPlaced,
  type PlacedFile,
  placedFileParams,
  placeOf,
  planPlaced,
} from './placed-file.ts';

const params = () =>
  z
    .strictObject({
      content: z
        .union([z.string(), z.number(), z.boolean()], { error: 'Write the content as text.' })
        .transform(String)
        .optional()
        .describe('Text of the file, as it is to be; nothing is added at its end.'),
      src: z
        .string()
        .min(1)
        .optional()
        .describe(
          "File of the role's or playbook's `files/` to copy, byte for byte. Either this or `content`.",
        ),
      bytes: z.custom<Content>().optional(),
      ...placedFileParams,
    })
    .refine((want) => (want.content === undefined) !== (want.src === undefined), {
      error: 'Give either content or src.',
    })
    .refine((want) => want.src !== undefined || !want.dest.endsWith('/'), {
      error: 'Content has no name of its own: name the file in dest.',
      path: ['dest'],
    });

type Want = z.infer<ReturnType<typeof params>>;

/** Puts a file on the host. */
export const copy = defineModule({
  name: 'copy',
  absence: (want, found) => absentFile(placeOf(placed(want), found.stat)),
  doc: 'Puts a file on the host, with the text given here or the bytes of a file beside the playbook. It is replaced atomically, and only where it differs. The directory must be there. A file above 1 MiB is never held in memory: its hash is compared, and its bytes stream to the host as they are.',
  params,
  examples: [
    {
      title: 'Say it in the playbook',
      params: { content: 'net.ipv4.ip_forward = 1\n', dest: '/etc/sysctl.d/60-forward.conf' },
    },
    {
      title: 'Copy a file of the role',
      params: { src: 'check.sh', dest: '/usr/local/bin/', mode: '0755', owner: 'root' },
    },
    {
      title: 'Let the program check it first',
      params: { src: 'sudoers', dest: '/etc/sudoers.d/ops', mode: '0440', validate: 'visudo -cf %s' },
    },
  ],
  identity: (want) => want.dest,
  source: { param: 'src', kind: 'files', into: 'bytes' },
  inspect: (want: Want) => inspectPlaced(placed(want)),
  plan: (want, found) => planPlaced(placed(want), found),
});

function placed(want: Want): PlacedFile {
  const content =
    want.content === undefined ? (want.bytes ?? new Uint8Array()) : new TextEncoder().encode(want.content);
  return { ...want, content, base: want.src === undefined ? undefined : baseOfSource(want.src) };
}
