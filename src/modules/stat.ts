import * as z from 'zod';
import type { FileRead, StatFound } from '../model/probe.ts';
import { readFile, stat as statProbe } from '../model/probe-makers.ts';
import { unknown, type Value, type ValueMap } from '../model/value.ts';
import { octal } from './file-mode.ts';
import { hostPath } from './file-path.ts';
import { defineModule } from './module.ts';

const params = () =>
  z.strictObject({
    path: hostPath.describe('What to look at.'),
    follow: z.boolean().default(false).describe('Look at what a link points to.'),
    get_checksum: z
      .boolean()
      .default(false)
      .describe(
        'Read the file, where it is one, for its `checksum`. All of it is read on the host, so it is not done by itself.',
      ),
  });

type Want = z.infer<ReturnType<typeof params>>;

/** Looks at a file; `register` keeps what it saw. */
export const stat = defineModule({
  name: 'stat',
  doc: 'Looks at a file or directory; `register` keeps what it saw under `stat`: `exists`, `isreg`, `isdir`, `islnk`, `mode`, `pw_name`, `gr_name`, `uid`, `gid`, `size`, `mtime`, `lnk_target`, `checksum` (SHA-256).',
  params,
  examples: [{ title: 'See whether a file is there', params: { path: '/etc/ipvsadm.rules' } }],
  identity: (want) => want.path,
  freeForm: 'path',
  inspect: (want: Want) => ({
    stat: statProbe(want.path, { follow: want.follow }),
    ...(want.get_checksum ? { file: readFile(want.path, { most: 0 }) } : {}),
  }),
  plan: () => [],
  result: (_want, found) => ({ stat: found.stat.exists ? facts(found.stat, found.file) : { exists: false } }),
});

function facts(stat: StatFound, file: FileRead | undefined): ValueMap {
  return {
    exists: true,
    isreg: stat.type === 'file',
    isdir: stat.type === 'directory',
    islnk: stat.type === 'link',
    isblk: stat.type === 'block',
    mode: octal(stat.mode),
    uid: known(stat.uid),
    gid: known(stat.gid),
    pw_name: stat.owner,
    gr_name: stat.group,
    size: known(stat.size),
    mtime: known(stat.mtime),
    ...(stat.target === undefined ? {} : { lnk_target: stat.target }),
    ...(stat.type === 'file' && file?.sha256 !== undefined ? { checksum: file.sha256 } : {}),
  };
}

const known = (number: number): Value =>
  Number.isNaN(number) ? unknown('the file is made in this run') : number;
