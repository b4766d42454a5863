import * as z from 'zod';
import { commandResult, guardParams, inspectGuards, planCommand } from './command-guards.ts';
import { defineModule } from './module.ts';
import { shellOperator, wordsOf } from './words.ts';

const params = () =>
  z
    .strictObject({
      cmd: z
        .string()
        .superRefine((line, context) => {
          const words = wordsOf(line);
          const operator = shellOperator(line);
          if ('wrong' in words) context.addIssue({ code: 'custom', message: words.wrong });
          else if (operator !== undefined) {
            context.addIssue({
              code: 'custom',
              message: `There is no shell here to understand ${operator}: use the module shell, or argv if it is an argument.`,
            });
          }
        })
        .optional()
        .describe(
          'The command, in one line; quotes and backslashes keep words together as in a shell. Either this or `argv`.',
        ),
      argv: z
        .array(z.union([z.string(), z.number()], { error: 'Write each word as text.' }).transform(String))
        .min(1)
        .optional()
        .describe('The command as a list of words.'),
      ...guardParams,
    })
    .refine((want) => (want.cmd === undefined) !== (want.argv === undefined), {
      error: 'Give either cmd or argv.',
    });

type Want = z.infer<ReturnType<typeof params>>;

/** Runs a program. */
export const command = defineModule({
  name: 'command',
  doc: 'Runs a program, without a shell. Nobody can know what a command changes: it counts as a change whenever it runs, so guard it with `creates`, `removes`, `unless` or `onlyif`, or say `changed_when: false`. `register` keeps `rc`, `stdout`, `stderr` and their lines.',
  params,
  examples: [
    { title: 'Run once', params: { cmd: 'mkfs.ext4 /dev/vdb', unless: 'blkid -p /dev/vdb' } },
    {
      title: 'Until its work is there',
      params: { argv: ['tar', 'xf', '/srv/a b.tar'], chdir: '/srv', creates: '/srv/a' },
    },
  ],
  identity: (want) => want.cmd ?? (want.argv ?? []).join(' '),
  freeForm: 'cmd',
  inspect: (want: Want) => inspectGuards(want),
  plan: (want, found) => planCommand(argvOf(want), want.cmd ?? (want.argv ?? []).join(' '), want, found),
  result: (want, _found, outcomes) => commandResult(argvOf(want), outcomes),
});

function argvOf(want: Want): readonly string[] {
  const words = want.argv ?? wordsOf(want.cmd ?? '');
  return 'wrong' in words ? [] : words;
}
