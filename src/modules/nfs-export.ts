import type { Captured } from '../model/probe.ts';
import { capture, program, readFile, stat } from '../model/probe-makers.ts';
import { answers, differs, run, type Step, step } from '../model/step.ts';
import { absentBy, defineModule, type Refusal, refuse } from './module.ts';
import {
  exportParams,
  TELLING,
  tellingOptions,
  USUAL,
  VALUED,
  type ExportWant as Want,
  writtenOptions,
} from './nfs-export-params.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

const FOLDER = '/etc/exports.d';

/**
 * All exports that are written down: path, file, and whether file systems below may be reached through it. One blank in
 * between; of a path in quotes the blanks are octal, as the server's table has them.
 */
const WRITTEN = capture(
  'sh',
  '-c',
  `for f in /etc/exports ${FOLDER}/*.exports; do
  [ -r "$f" ] || continue
  while IFS= read -r l; do
    case $l in \\"*) l=\${l#\\"} p=\${l%%\\"*}; while case $p in *' '*) ;; *) false;; esac; do p=\${p%% *}'\\040'\${p#* }; done;;
      /*) p=\${l%%[ 	]*};; *) continue;; esac
    case $l in *crossmnt*|*fsid=0*|*fsid=root*) o=open;; *) o=closed;; esac
    printf '%s %s %s\\n' "$p" "$f" "$o"
  done <"$f"
done | LC_ALL=C sort`,
);

/**
 * The server's own table (exportfs(8)): path, client, and those options that are not as usual. It has more than we ask for,
 * and in another order with another version.
 */
const LIVE = capture(
  'sh',
  '-c',
  `[ -r /var/lib/nfs/etab ] || exit 0
while read -r p l; do
  o=,\${l##*(} o=\${o%)}, h=\${l%(*} t=''
  for n in ${TELLING.join(' ')}; do case $o in *,$n,*) t="$t $n";; esac; done
  for n in ${VALUED.join(' ')}; do
    case $o in *,$n=*) v=\${o#*,$n=} v=\${v%%,*}; case $n=$v in ${USUAL.join('|')}) ;; *) t="$t $n=$v";; esac;; esac
  done
  printf '%s %s%s\\n' "$p" "$h" "$t"
done </var/lib/nfs/etab | LC_ALL=C sort`,
);

/** A directory that NFS clients may mount. */
export const nfsExport = defineModule({
  name: 'nfs_export',
  absence: (want) => absentBy('nfs_export', want, 'path', 'name'),
  doc: `Exports a directory to NFS clients.

Each export has a file of its own in /etc/exports.d, and \`exportfs -ra\` makes it count: the server is not restarted, which would
hold up all clients for its 90 seconds of grace, and clients of other exports go on as they were. Clients of an export that goes
are refused from then on, in the middle of their work.

- root on a client acts as the user 65534 (\`root_squash\`), and so needs an access control list to write: see module \`acl\`.
- An export below another one is refused: by the file handles of the one a client reaches files of the other (exports(5), on
  subtree_check). \`crossmnt\` or \`fsid=0\` on the upper one says that this is meant.
- \`exportfs -r\` ends what was exported by hand and is written in no file (exportfs(8)).
- It needs the program exportfs: package nfs-kernel-server on Debian, nfs-utils on RHEL.`,
  params: exportParams,
  examples: [
    {
      title: 'A directory for the web servers of one network',
      params: { path: '/srv/www', clients: [{ host: '10.0.0.0/24', options: ['rw'] }] },
    },
    {
      title: 'Two clients, one of which may only read',
      params: {
        path: '/srv/home',
        name: 'home',
        clients: [{ host: 'web1.example.org', options: ['rw', 'all_squash'] }, { host: '10.0.0.12' }],
      },
    },
    { title: 'No longer', params: { path: '/srv/www', state: 'absent' } },
  ],
  identity: (want) => want.path,
  inspect: (want) => ({
    file: readFile(fileOf(want)),
    folder: stat(FOLDER, { follow: true }),
    stat: stat(want.path, { follow: true }),
    written: WRITTEN,
    live: LIVE,
    tool: program('exportfs'),
  }),
  plan: (want, found) => {
    const isPresent = want.state === 'present';
    const refusal =
      editRefusal(fileOf(want), found.file) ??
      (isPresent
        ? (refusalOf(want, found.stat, found.tool.path) ?? overlap(want, found.written))
        : undefined);
    if (refusal) return refusal;
    const before = textOf(found.file) ?? '';
    const after = isPresent ? textFor(want) : '';
    const makes = isPresent && !found.folder.exists ? [makeFolder()] : [];
    const told = answers(WRITTEN, printed(withLines(found.written, isWrittenFor(want), writtenLines(want))));
    const write = fileSteps('exports', fileOf(want), before, after, [told]);
    return [...makes, ...write, ...liveSteps(want, found.live)];
  },
});

const fileOf = (want: Want): string =>
  `${FOLDER}/${want.name ?? want.path.slice(1).replaceAll(/[^\w.@:-]/g, '-')}.exports`;

function refusalOf(
  want: Want,
  directory: { exists: boolean; type?: string },
  tool: string | undefined,
): Refusal | undefined {
  if (tool === undefined)
    return refuse(
      'There is no exportfs on this host.',
      'Install it first: nfs-kernel-server on Debian, nfs-utils on RHEL.',
    );
  if (!directory.exists)
    return refuse(
      `${want.path} is not there`,
      `Make it in a task before this one: file: {path: ${want.path}, state: directory}.`,
    );
  return directory.type === 'directory'
    ? undefined
    : refuse(`${want.path} is a ${directory.type}, not a directory`);
}

/** Why it cannot be exported beside what is: the path itself, or one above or below it, is exported by another file. */
function overlap(want: Want, { stdout }: Captured): Refusal | undefined {
  const own = inTable(want.path);
  for (const [path = '', file = '', kind] of linesOf(stdout).map((line) => line.split(' '))) {
    if (file === fileOf(want)) continue;
    if (path === own)
      return refuse(`${file} exports ${want.path} too`, 'Take it out there, or name that file in name.');
    const isMeant = own.startsWith(`${path}/`) ? kind === 'open' : isOpen(want);
    if (isMeant || !(own.startsWith(`${path}/`) || path.startsWith(`${own}/`))) continue;
    return refuse(
      `${want.path} and ${path} (${file}) are one below the other`,
      'Export only the upper one, or say with its option crossmnt that clients are to reach what is below.',
    );
  }
  return undefined;
}

const isOpen = (want: Want): boolean =>
  want.clients.some(({ options }) =>
    options.some((one) => ['crossmnt', 'fsid=0', 'fsid=root'].includes(one)),
  );

/** A path as the server's table has it. */
const inTable = (path: string): string => path.replaceAll(' ', '\\040');

function textFor(want: Want): string {
  const clients = want.clients.map(({ host, options }) => `${host}(${writtenOptions(options).join(',')})`);
  const path = want.path.includes(' ') ? `"${want.path}"` : want.path;
  return `# Written by Troupe (nfs_export): change it there.\n${[path, ...clients].join(' ')}\n`;
}

function liveSteps(want: Want, live: Captured): readonly Step[] {
  const mine = `${inTable(want.path)} `;
  const before = linesOf(live.stdout).filter((line) => line.startsWith(mine));
  const wanted = want.clients.map(({ host, options }) =>
    [mine.trim(), host, ...tellingOptions(options)].join(' '),
  );
  const after = want.state === 'present' ? inOrder(wanted) : [];
  const shown = (lines: readonly string[]): readonly string[] | undefined =>
    lines.length === 0 ? undefined : lines.map((line) => line.slice(mine.length));
  return differs('exported to', shown(before), shown(after), {
    action: run(['exportfs', '-ra']),
    effects: [answers(LIVE, printed(withLines(live, (line) => line.startsWith(mine), after)))],
  });
}

const isWrittenFor = (want: Want) => (line: string) => line.split(' ')[1] === fileOf(want);

const writtenLines = (want: Want): readonly string[] =>
  want.state === 'present'
    ? [[inTable(want.path), fileOf(want), isOpen(want) ? 'open' : 'closed'].join(' ')]
    : [];

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const withLines = (
  { stdout }: Captured,
  isOld: (line: string) => boolean,
  added: readonly string[],
): readonly string[] => inOrder([...linesOf(stdout).filter((line) => !isOld(line)), ...added]);

/** As `LC_ALL=C sort` has them. */
const inOrder = (lines: readonly string[]): readonly string[] =>
  lines.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

const printed = (lines: readonly string[]): Captured => ({
  rc: 0,
  stdout: lines.map((line) => `${line}\n`).join(''),
  stderr: '',
  missing: false,
});

/** A new Debian has none; not worth a line in the report. */
const makeFolder = (): Step =>
  step('directory', undefined, FOLDER, { action: { kind: 'makeDirectory', path: FOLDER }, changes: false });
