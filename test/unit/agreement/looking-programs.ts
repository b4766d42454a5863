import type { FakeHost } from '../../../src/hosts/fake.ts';
import type { Capture, Captured, Stat, StatFound } from '../../../src/model/probe.ts';

type Look = (path: string, follow: boolean) => Stat;

/** What `test` and `find` print, as the modules and the words call them, of the host as it is. */
export function prints({ argv }: Capture, host: FakeHost): Captured | undefined {
  const look: Look = (path, follow) => host.answer({ kind: 'stat', path, follow }) as Stat;
  if (argv[0] === 'find') return said(find(argv, look), 0);
  const tested = /^test -e (.*)$/.exec(argv[0] === 'sh' ? (argv.at(-1) ?? '') : '')?.[1];
  return tested === undefined ? undefined : said('', look(tested, true).exists ? 0 : 1);
}

const said = (stdout: string, rc: number): Captured => ({ rc, stdout, stderr: '', missing: false });

const NAMES = 'a b c d l n x conf.d mine.service nginx.conf page.txt x.conf'.split(' ');

/** All below a directory that has a name of our words, links left out. */
function below(root: string, look: Look): readonly (readonly [path: string, stat: StatFound])[] {
  return NAMES.flatMap((name) => {
    const path = `${root.replace(/\/$/, '')}/${name}`;
    const stat = look(path, false);
    if (!stat.exists || stat.type === 'link') return [];
    return [[path, stat] as const, ...(stat.type === 'directory' ? below(path, look) : [])];
  });
}

/** `find -H PATH -mindepth 1 ! -type l ( ! -perm 644 -o ! -user x -o ! -group y ) -print -quit` */
function find(argv: readonly string[], look: Look): string {
  const [mode, owner, group] = ['-perm', '-user', '-group'].map(
    (test) => argv[argv.indexOf(test) + 1 || argv.length],
  );
  const unlike = below(argv[2] ?? '', look).find(
    ([, stat]) =>
      (mode !== undefined && stat.mode !== Number.parseInt(mode, 8)) ||
      (owner !== undefined && ![stat.owner, String(stat.uid)].includes(owner)) ||
      (group !== undefined && ![stat.group, String(stat.gid)].includes(group)),
  );
  return unlike ? `${unlike[0]}\n` : '';
}
