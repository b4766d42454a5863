import * as z from 'zod';
import { readFile, stat } from '../model/probe-makers.ts';
import { step } from '../model/step.ts';
import {
  accountRefusal,
  attributeParams,
  attributeSteps,
  attributesFor,
  inspectAccounts,
} from './file-attributes.ts';
import { barePath, behind, directoryOf, newFileRefusal } from './file-path.ts';
import { editLines } from './line-edit.ts';
import { absentBy, defineModule, refuse } from './module.ts';

const expression = z
  .string()
  .refine(compiles, { error: 'This is not a valid regular expression of JavaScript.' });

const params = () =>
  z
    .strictObject({
      path: barePath.describe('The file.'),
      line: z
        .union([z.string(), z.number()], { error: 'Write the line as text.' })
        .transform(String)
        .refine((line) => !line.includes('\n'), { error: 'A line holds no line break.' })
        .optional()
        .describe(
          'The line, without its end. With `backrefs`, `\\1` stands for the first group of `regexp`.',
        ),
      regexp: expression
        .optional()
        .describe(
          'The last line that matches is replaced; with `state: absent`, all that match are removed. Make it match `line` too.',
        ),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the line is there.'),
      insertafter: expression
        .optional()
        .describe('Where a new line goes: after the last line that matches, or `EOF`, the default.'),
      insertbefore: expression
        .optional()
        .describe('Where a new line goes: before the last line that matches, or `BOF`, the beginning.'),
      create: z.boolean().default(false).describe('Make the file where there is none.'),
      backrefs: z
        .boolean()
        .default(false)
        .describe('Fill `line` with the groups of `regexp`; where nothing matches, nothing is done.'),
      ...attributeParams,
    })
    .refine((want) => want.line !== undefined || (want.state === 'absent' && want.regexp !== undefined), {
      error: 'Give the line; only state: absent can do with regexp alone.',
      path: ['line'],
    })
    .refine((want) => !want.backrefs || want.regexp !== undefined, {
      error: 'backrefs needs regexp.',
      path: ['backrefs'],
    })
    .refine((want) => want.insertafter === undefined || want.insertbefore === undefined, {
      error: 'Give insertafter or insertbefore, not both.',
      path: ['insertbefore'],
    });

type Want = z.infer<ReturnType<typeof params>>;

/** Keeps one line of a file. */
export const lineinfile = defineModule({
  name: 'lineinfile',
  absence: (want) =>
    want.line === undefined || want.backrefs ? undefined : absentBy('lineinfile', want, 'path', 'line'),
  doc: 'Keeps one line of a file that something else owns. Where a file is yours as a whole, `template` is the better way. The expressions are those of JavaScript.',
  params,
  examples: [
    {
      title: 'Set one option',
      params: { path: '/etc/ssh/sshd_config', regexp: '^#?PermitRootLogin\\b', line: 'PermitRootLogin no' },
    },
    { title: 'Remove lines', params: { path: '/etc/fstab', regexp: '\\snfs\\s', state: 'absent' } },
  ],
  identity: (want) => want.path,
  inspect: (want: Want) => ({
    itself: stat(want.path),
    stat: stat(want.path, { follow: true }),
    file: readFile(want.path),
    directory: stat(directoryOf(want.path), { follow: true }),
    ...inspectAccounts(want),
  }),
  plan: (want, found) => {
    if (found.stat.exists && found.stat.type !== 'file') {
      return refuse(`${want.path} is a ${found.stat.type}, not a file`);
    }
    if (!found.file.exists && want.state === 'absent') return [];
    const nobody = accountRefusal(want, found);
    if (nobody) return nobody;
    if (!found.file.exists && !want.create) {
      return refuse(`${want.path} is not there`, 'create: true makes it.');
    }
    const refusal = found.file.exists ? undefined : newFileRefusal(want.path, found.itself, found.directory);
    if (refusal) return refusal;
    const text = textOf(found.file.content);
    if (text === undefined) return refuse(`${want.path} is not UTF-8 text`);
    const edited = editLines(text, want);
    if (editLines(edited, want) !== edited) {
      return refuse(
        `regexp matches other lines of ${want.path} than the new one, which would be put in again each time`,
        'Let regexp match the new line too, or match nothing else.',
      );
    }
    if (found.file.exists && edited === text)
      return attributeSteps(behind(want.path, found.itself), want, found.stat);
    const content = new TextEncoder().encode(edited);
    const action = {
      kind: 'writeFile',
      path: want.path,
      content,
      ...attributesFor(want, found.stat),
    } as const;
    const before = found.file.exists ? { bytes: found.file.content ?? new Uint8Array() } : undefined;
    return [
      step('content', before, { bytes: content }, { path: want.path, action }),
      ...attributeSteps(want.path, want, found.stat, { within: true }),
    ];
  },
});

function textOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array());
  } catch {
    return undefined;
  }
}

function compiles(regexp: string): boolean {
  try {
    return new RegExp(regexp) instanceof RegExp;
  } catch {
    return false;
  }
}
