import * as z from 'zod';
import type {
  AccountFound,
  AnswerTo,
  Capture,
  Found,
  Probes,
  ProgramProbe,
  StatPath,
} from '../model/probe.ts';
import { account, program, stat } from '../model/probe-makers.ts';
import { answers, run, type SetAttributes, type Step, step } from '../model/step.ts';
import {
  type Acl,
  aclText,
  aclWords,
  baseEntries,
  inOrder,
  isNamed,
  modeWith,
  parseAcl,
  partsOf,
  withMasks,
  withMode,
} from './acl-entries.ts';
import { barePath, behind } from './file-path.ts';
import { absentBy, defineModule, type Refusal, refuse } from './module.ts';

const entry = z.strictObject({
  etype: z.enum(['user', 'group']).describe('Whether it is for a user or for a group.'),
  entity: z
    .union([z.int().min(0).max(4_294_967_294), z.string().regex(/^[^\s:,]+$/)], {
      error: 'Write a number or a name.',
    })
    .transform(String)
    .describe('Number or name. A number holds on every system: 65534 is nobody here and nfsnobody there.'),
  permissions: z
    .string()
    .regex(/^(?!.*([rwx]).*\1)[rwx-]{0,3}$/, 'Write permissions as letters, such as rwx or r-x.')
    .overwrite((text) => [...'rwx'].map((letter) => (text.includes(letter) ? letter : '-')).join(''))
    .default('---')
    .describe('Letters out of `rwx`. With `state: absent` they do not matter.'),
});

const nameOfEntry = ({ etype, entity }: z.output<typeof entry>): string => `${etype} ${entity}`;

const params = () =>
  z
    .strictObject({
      path: barePath.describe('File or directory; a link is followed.'),
      entries: z.array(entry).default([]).describe('What users and groups may with the path itself.'),
      default_entries: z
        .array(entry)
        .default([])
        .describe(
          'What they may with all that is made in the directory from now on: it inherits these entries.',
        ),
      mode: z
        .string({ error: 'Write the mode as text, such as "0755" with its quotes.' })
        .regex(/^0?[0-7]{3}$/, 'Write three octal digits, as text: "0755".')
        .optional()
        .describe(
          'What the owner, the owning group and all others may, as octal digits in text. Give it here and not to `file`: where there are entries, chmod(1) changes the mask and not the owning group.',
        ),
      purge_unlisted: z
        .boolean()
        .default(false)
        .describe('Take away entries for users and groups that are not listed.'),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the entries are there.'),
    })
    .superRefine((want, issues) => {
      for (const list of ['entries', 'default_entries'] as const) {
        const names = want[list].map(nameOfEntry);
        names.forEach((name, index) => {
          if (names.indexOf(name) === index) return;
          issues.addIssue({ code: 'custom', path: [list, index], message: `The ${name} is listed twice.` });
        });
      }
    });

type Want = z.output<ReturnType<typeof params>>;
type Asked = {
  readonly stat: StatPath;
  readonly itself: StatPath;
  readonly acl: Capture;
  readonly tool: ProgramProbe;
};

/** Access control lists (POSIX ACLs) of a path. */
export const acl = defineModule<Want, Probes>({
  name: 'acl',
  absence: (want) =>
    allOf(want).length === 0 ? undefined : absentBy('acl', want, 'path', 'entries', 'default_entries'),
  doc: `Manages access control lists (POSIX ACLs, acl(5)): what users and groups may besides the owner and the owning group.

The mask is set so that it lets through all that the entries give; a mask that chmod(1) has narrowed since is put right.
\`ls\` and \`stat\` show the mask in the group's place, and so does the module \`file\`: give a mode to this module instead, or
the two undo each other's work.

- It needs the programs getfacl and setfacl (package acl), and a file system with POSIX ACLs (ext4, xfs; not one that is mounted
  by NFSv4).`,
  params,
  examples: [
    {
      title:
        'What root on an NFS client may do in an export: there it acts as uid 65534 (exports(5), root_squash)',
      params: {
        path: '/srv/www',
        mode: '0755',
        entries: [{ etype: 'user', entity: 65534, permissions: 'rwx' }],
        default_entries: [{ etype: 'user', entity: 65534, permissions: 'rwx' }],
      },
    },
    {
      title: 'No entry for a group any more',
      params: { path: '/srv/www', entries: [{ etype: 'group', entity: 'staff' }], state: 'absent' },
    },
  ],
  identity: (want) => want.path,
  inspect: (want) => ({
    stat: stat(want.path, { follow: true }),
    itself: stat(want.path),
    acl: listOf(want),
    tool: program('setfacl'),
    ...Object.fromEntries(
      allOf(want)
        .filter(({ entity }) => !isNumber(entity))
        .map((one) => [nameOfEntry(one), account(one.etype === 'user' ? 'passwd' : 'group', one.entity)]),
    ),
  }),
  plan: (want, found) => {
    const { stat: now, itself, acl: list, tool } = found as Found<Asked>;
    if (!now.exists) return refuse(`${want.path} is not there`, 'Make it in a task before this one.');
    if (tool.path === undefined)
      return refuse('There is no setfacl on this host.', 'Install it first: package: {name: acl}.');
    if (now.type !== 'directory' && want.default_entries.length > 0)
      return refuse(`${want.path} is a ${now.type}: only a directory has entries to inherit`);
    const before = current(list, now.mode);
    if ('refused' in before) return before;
    const listed = entriesOf(want, found);
    if ('refused' in listed) return listed;
    return steps(want, before, wanted(want, before, listed), {
      kind: 'setAttributes',
      path: behind(want.path, itself),
      mode: now.mode,
    });
  },
});

const allOf = (want: Want) => [...want.entries, ...want.default_entries];

const isNumber = (entity: string): boolean => /^\d+$/.test(entity);

const NO_GETFACL = 3;
const NO_PATH = 4;

/** Numbers for names, no comments: getfacl(1). Without getfacl, ls tells whether there is a list at all, by a `+`. */
const listOf = (want: Want): Capture => ({
  kind: 'capture',
  argv: [
    'sh',
    '-c',
    `[ -e "$1" ] || exit ${NO_PATH}; command -v getfacl >/dev/null && exec getfacl -cpnE -- "$1"; ls -ldL -- "$1"; exit ${NO_GETFACL}`,
    'sh',
    want.path,
  ],
});

/** What holds now. What this run does before (to make the path, to change its mode) is told by its mode. */
function current(list: AnswerTo<Capture>, mode: number): Acl | Refusal {
  const bare = new Map(baseEntries(mode));
  if (list.rc === 0) return withMode(parseAcl(list.stdout), mode);
  if (list.rc === NO_PATH) return bare;
  if (list.rc === NO_GETFACL && !/^\S+\+/.test(list.stdout)) return bare;
  if (list.rc === NO_GETFACL)
    return refuse('The path has an access control list, and there is no getfacl to read it.', 'Install acl.');
  return refuse(`The access control list cannot be read: ${list.stderr.trim()}`);
}

function entriesOf(want: Want, found: Found<Probes>): Acl | Refusal {
  const made = new Map<string, string>();
  for (const [index, one] of allOf(want).entries()) {
    const { etype, entity, permissions } = one;
    const known = isNumber(entity) ? Number(entity) : (found[nameOfEntry(one)] as AccountFound).id;
    if (known === undefined || Number.isNaN(known))
      return refuse(
        known === undefined
          ? `there is no ${etype} ${entity} on this host`
          : `which number the ${etype} ${entity} will have is not known before its package is there`,
        `Make it first, or write its number.`,
      );
    made.set(`${index < want.entries.length ? '' : 'default:'}${etype}:${known}`, permissions);
  }
  return made;
}

/** The list as it is to be. */
function wanted(want: Want, before: Acl, listed: Acl): Acl {
  const isPresent = want.state === 'present';
  const kept = [...before].filter(
    ([key]) => !isNamed(key) || (isPresent ? !want.purge_unlisted || listed.has(key) : !listed.has(key)),
  );
  const base = want.mode === undefined ? [] : baseEntries(Number.parseInt(want.mode, 8));
  const made = new Map([...kept, ...base, ...(isPresent ? listed : [])]);
  const inherits = [...made.keys()].some((key) => isNamed(key) && partsOf(key).isDefault);
  for (const type of ['user:', 'group:', 'other:']) {
    const own = made.get(type) ?? '---';
    // A new list to inherit begins as a copy of the path's own (setfacl(1)).
    if (!inherits) made.delete(`default:${type}`);
    else if (want.mode !== undefined || !made.has(`default:${type}`)) made.set(`default:${type}`, own);
  }
  return withMasks(made);
}

/** `shown` sets the mode that is there now: what stat(2) would tell is what the list makes of it. */
function steps(
  want: Want,
  before: Acl,
  after: Acl,
  shown: SetAttributes & { readonly mode: number },
): readonly Step[] {
  const keys = inOrder(new Map([...before, ...after])).map(([key]) => key);
  const differing = keys.filter((key) => before.get(key) !== after.get(key));
  const inherits = (list: Acl): boolean => [...list.keys()].some((key) => partsOf(key).isDefault);
  const clear = inherits(before) && !inherits(after) ? ['-k'] : [];
  const action = run(['setfacl', ...clear, '--set', aclWords(after), '--', want.path]);
  const effects = [
    answers(listOf(want), { rc: 0, stdout: `${aclText(after)}\n`, stderr: '', missing: false }),
    { kind: 'acts', action: { ...shown, mode: modeWith(after, shown.mode) } } as const,
  ];
  return differing.map((key, index) =>
    step(nameOf(key), before.get(key), after.get(key), index === 0 ? { action, effects } : {}),
  );
}

/** An entry as people call it. */
function nameOf(key: string): string {
  const { isDefault, type, id } = partsOf(key);
  const own = { user: 'owner', group: 'owning group', mask: 'mask', other: 'others' }[type] ?? type;
  return `${isDefault ? 'default ' : ''}${id === '' ? own : `${type} ${id}`}`;
}
