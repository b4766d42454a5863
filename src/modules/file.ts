import * as z from 'zod';
import type { Found, Stat } from '../model/probe.ts';
import { capture, stat } from '../model/probe-makers.ts';
import { answers, type Step, step } from '../model/step.ts';
import { refuseToRemove } from '../shell/actions/refuse-to-remove.ts';
import {
  accountRefusal,
  attributeParams,
  attributeSteps,
  attributesFor,
  inspectAccounts,
} from './file-attributes.ts';
import { bitsOf, isSymbolic } from './file-mode.ts';
import { barePath, behind, directoryOf, directoryRefusal, newFileRefusal } from './file-path.ts';
import { absentFile, defineModule, type Refusal, refuse } from './module.ts';

const params = () =>
  z
    .strictObject({
      path: barePath.describe('What to manage.'),
      state: z
        .enum(['file', 'directory', 'link', 'touch', 'absent'])
        .optional()
        .describe(
          '`directory` is made with its parents; `link` points to `src`; `touch` makes an empty file where there is none, and leaves one that is there as it is; `absent` removes, a directory with all that is in it; `file`, the default, only sets the attributes of what is there.',
        ),
      src: z.string().min(1).optional().describe('Where a link points to, as it is to be written in it.'),
      force: z.boolean().default(false).describe('Let a link take the place of a file.'),
      recurse: z
        .boolean()
        .default(false)
        .describe('Give all that is below a directory the same mode, owner and group too.'),
      ...attributeParams,
    })
    .refine((want) => (want.state === 'link') === (want.src !== undefined), {
      error: 'src says where a link points to: give it with state: link, and only there.',
      path: ['src'],
    })
    .refine((want) => !want.recurse || want.state === 'directory', {
      error: 'recurse needs state: directory.',
      path: ['recurse'],
    })
    .refine((want) => !want.recurse || (want.mode ?? want.owner ?? want.group) !== undefined, {
      error: 'recurse needs a mode, an owner or a group to give to all that is below.',
      path: ['recurse'],
    })
    .refine((want) => !want.recurse || want.mode === undefined || !isSymbolic(want.mode), {
      error: 'With recurse, write the mode in octal digits.',
      path: ['mode'],
    });

type Want = z.infer<ReturnType<typeof params>>;
type Inspected = Found<ReturnType<typeof inspect>>;

/** Manages files, directories and links as such, not what is in them. */
export const file = defineModule({
  name: 'file',
  absence: (want) => (want.state === 'link' || want.state === 'touch' ? absentFile(want.path) : undefined),
  doc: 'Manages directories, links, attributes and the absence of files; what is in a file is the work of `copy` and `template`. Links are followed but for `link` and `absent`.',
  params,
  examples: [
    {
      title: 'Make a directory',
      params: { path: '/srv/www', state: 'directory', mode: '0755', owner: 'www-data' },
    },
    {
      title: 'Point to the current release',
      params: { path: '/srv/now', state: 'link', src: 'releases/12' },
    },
    { title: 'Remove a file', params: { path: '/etc/nginx/sites-enabled/default', state: 'absent' } },
  ],
  identity: (want) => want.path,
  inspect,
  plan: (want, found) => {
    const nobody = want.state === 'absent' || want.state === 'link' ? undefined : accountRefusal(want, found);
    if (nobody) return nobody;
    switch (want.state) {
      case 'absent':
        return planAbsent(want, found.itself);
      case 'link':
        return planLink(want, found);
      case 'directory':
        return planDirectory(want, found);
      default:
        return planFile(want, found);
    }
  },
});

function inspect(want: Want) {
  return {
    stat: stat(want.path, { follow: true }),
    itself: stat(want.path),
    directory: stat(directoryOf(want.path), { follow: true }),
    directoryItself: stat(directoryOf(want.path)),
    ...(want.recurse ? { differing: find(want) } : {}),
    ...inspectAccounts(want),
  };
}

/** Asks for the first thing below the directory whose attributes differ; a link has no mode of its own. */
function find(want: Want) {
  const mode = want.mode === undefined ? [] : ['-o', '!', '-perm', bitsOf(want.mode, 0, true).toString(8)];
  const owner = want.owner === undefined ? [] : ['-o', '!', '-user', want.owner];
  const group = want.group === undefined ? [] : ['-o', '!', '-group', want.group];
  const tests = [...mode, ...owner, ...group].slice(1);
  const argv = [
    'find',
    '-H',
    want.path,
    '-mindepth',
    '1',
    '!',
    '-type',
    'l',
    '(',
    ...tests,
    ')',
    '-print',
    '-quit',
  ];
  return { ...capture(...argv), hangsOn: want.path };
}

function planAbsent(want: Want, found: Stat): readonly Step[] | Refusal {
  if (!found.exists) return [];
  const refused = refuseToRemove(want.path);
  if (refused !== undefined) return refuse(refused);
  return [step('state', found.type, undefined, { action: { kind: 'remove', path: want.path } })];
}

function planLink(want: Want, { itself: found, directory }: Inspected): readonly Step[] | Refusal {
  const target = want.src ?? '';
  if (found.exists && found.type === 'directory') {
    return refuse(
      `${want.path} is a directory`,
      'Remove it in a task of its own before this one, if that is meant.',
    );
  }
  if (found.exists && found.type !== 'link' && !want.force) {
    return refuse(`${want.path} is a ${found.type}`, 'force: true lets the link take its place.');
  }
  if (found.exists && found.type === 'link' && found.target === target) return [];
  return directoryRefusal(want.path, directory) ?? [linkStep(want, target, found)];
}

function linkStep(want: Want, target: string, found: Stat): Step {
  const before = found.exists ? (found.target ?? found.type) : undefined;
  return step('link to', before, target, { action: { kind: 'makeLink', path: want.path, target } });
}

function planDirectory(want: Want, found: Inspected): readonly Step[] | Refusal {
  if (found.stat.exists && found.stat.type !== 'directory') {
    return refuse(`${want.path} is a ${found.stat.type}, not a directory`);
  }
  if (found.stat.exists) {
    const steps = attributeSteps(behind(want.path, found.itself), want, found.stat);
    return [...steps, ...recursion(want, found)];
  }
  if (found.itself.exists) return refuse(`${want.path} is a link to nothing`);
  // A directory comes with its parents, but not through something else.
  const refusal = found.directoryItself.exists ? directoryRefusal(want.path, found.directory) : undefined;
  if (refusal) return refusal;
  const action = {
    kind: 'makeDirectory',
    path: want.path,
    ...attributesFor(want, found.stat, true),
  } as const;
  const effects = want.recurse ? [allAlike(want)] : [];
  return [
    step('state', undefined, 'directory', { action, effects }),
    ...attributeSteps(want.path, want, found.stat, { within: true, directory: true }),
  ];
}

function recursion(want: Want, found: Inspected): readonly Step[] {
  if (!found.differing || (found.differing.rc === 0 && found.differing.stdout === '')) return [];
  const first = found.differing.stdout.trim() || 'unlike';
  const attributes = attributesFor(want, found.stat, true);
  const path = behind(want.path, found.itself);
  const action = { kind: 'setAttributes', path, ...attributes, recurse: true } as const;
  return [step('all below', first, 'alike', { action, effects: [allAlike(want)] })];
}

const allAlike = (want: Want) => answers(find(want), { rc: 0, stdout: '', stderr: '', missing: false });

function planFile(want: Want, { stat: found, itself, directory }: Inspected): readonly Step[] | Refusal {
  if (found.exists && found.type === 'directory' && want.state !== undefined) {
    return refuse(`${want.path} is a directory`, 'state: directory manages directories.');
  }
  if (found.exists) return attributeSteps(behind(want.path, itself), want, found);
  if (want.state !== 'touch') {
    return refuse(
      `${want.path} is not there`,
      'state: touch makes an empty file, state: directory a directory.',
    );
  }
  const refusal = newFileRefusal(want.path, itself, directory);
  if (refusal) return refusal;
  const content = new Uint8Array();
  const action = { kind: 'writeFile', path: want.path, content, ...attributesFor(want, found) } as const;
  return [
    step('state', undefined, 'file', { action }),
    ...attributeSteps(want.path, want, found, { within: true }),
  ];
}
