import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { FileRead } from '../model/probe.ts';
import { here, readFile, stat } from '../model/probe-makers.ts';
import { answers, type LargeBytes, type Step, step } from '../model/step.ts';
import { baseOf, hostPath } from './file-path.ts';
import { defineModule, type Refusal, refuse, type Surroundings } from './module.ts';

const params = () =>
  z.strictObject({
    src: hostPath.describe('File on the host; a link is followed. Directories are not fetched.'),
    dest: z
      .string()
      .min(1)
      .describe(
        "Directory on this machine, from the playbook's own where it is relative. The file goes below it under the host's name and its whole path, so that hosts do not overwrite each other.",
      ),
    flat: z
      .boolean()
      .default(false)
      .describe('Take `dest` as the name of the file itself, or, if it ends in `/`, as its directory.'),
    fail_on_missing: z
      .boolean()
      .default(true)
      .describe('With `false`, a file that is not on the host is no failure.'),
    validate_checksum: z
      .boolean()
      .default(true)
      .describe(
        'Fail where the file that arrived is not the one that was there before. Say `false` for a file that is being written, such as a log.',
      ),
  });

type Want = z.infer<ReturnType<typeof params>>;

/** Copies a file from the host to this machine. */
export const fetch = defineModule({
  name: 'fetch',
  doc: 'Copies a file from the host to this machine. Hashes are compared first, so that an unchanged file costs one hash on either side. It streams, whatever its size, beside its place and is put there when it is whole; directories are made, and it is readable by its owner only. A plan transfers nothing.',
  params,
  examples: [
    {
      title: 'Keep the key of each host',
      params: { src: '/etc/ssh/ssh_host_ed25519_key.pub', dest: 'keys' },
    },
    {
      title: 'Take one file as it is called',
      params: { src: '/srv/backup/site.tar', dest: 'backup/', flat: true },
    },
    {
      title: 'A log that still grows, if there is one',
      params: { src: '/var/log/app.log', dest: 'logs', fail_on_missing: false, validate_checksum: false },
    },
  ],
  identity: (want) => want.src,
  inspect: (want: Want, around: Surroundings) => ({
    stat: stat(want.src, { follow: true }),
    file: readFile(want.src, { most: 0 }),
    here: here(placeFor(want, around)),
  }),
  plan: (want, found, around): readonly Step[] | Refusal => {
    const to = placeFor(want, around);
    if (!found.stat.exists)
      return want.fail_on_missing
        ? refuse(`${want.src} is not on the host`, 'With fail_on_missing: false that is no failure.')
        : [];
    if (found.stat.type !== 'file') return refuse(`${want.src} is a ${found.stat.type}, not a file`);
    const { sha256 } = found.file;
    if (sha256 === undefined)
      return refuse(`nobody knows what ${want.src} holds before its package is there`);
    if (found.here.exists && found.here.sha256 === undefined)
      return refuse(`${to} on this machine is a directory`, 'Name the file itself in dest.');
    if (found.here.sha256 === sha256) return [];
    return [
      step(
        `local ${to}`,
        shown(found.here),
        { size: found.stat.size, sha256 },
        {
          action: {
            kind: 'fetchFile',
            from: want.src,
            to,
            ...(want.validate_checksum ? { sha256 } : {}),
          },
          effects: [answers(here(to), { exists: true, sha256, size: found.stat.size })],
          converges: want.validate_checksum,
        },
      ),
    ];
  },
  result: (want, found) => ({
    ...(found.here.sha256 === undefined ? {} : { checksum: found.here.sha256 }),
    src: want.src,
  }),
});

/** Where the file goes on this machine. */
function placeFor({ src, dest, flat }: Want, { host, folder }: Surroundings): string {
  const place = flat ? (dest.endsWith('/') ? join(dest, baseOf(src)) : dest) : join(dest, host, src);
  return resolve(folder, place);
}

const shown = ({ exists, sha256 = '', size = 0 }: FileRead): LargeBytes | undefined =>
  exists ? { size, sha256 } : undefined;
