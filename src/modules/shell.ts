import * as z from 'zod';
import { commandResult, guardParams, inspectGuards, planCommand } from './command-guards.ts';
import { hostPath } from './file-path.ts';
import { defineModule } from './module.ts';

const params = () =>
  z.strictObject({
    cmd: z.string().min(1).describe('The script; it may have many lines.'),
    executable: hostPath.default('/bin/sh').describe('The shell that runs it.'),
    ...guardParams,
  });

type Want = z.infer<ReturnType<typeof params>>;

/** Runs a script in a shell. */
export const shell = defineModule({
  name: 'shell',
  doc: 'Runs a script in a shell. As with `command`, it counts as a change whenever it runs: guard it, or say `changed_when: false`. `register` keeps `rc`, `stdout`, `stderr` and their lines.',
  params,
  examples: [
    {
      title: 'Where a pipe is needed',
      params: { cmd: 'zcat /srv/dump.gz | mysql site', unless: 'test -e /var/lib/mysql/site' },
    },
  ],
  identity: (want) => want.cmd.split('\n')[0] ?? want.cmd,
  freeForm: 'cmd',
  inspect: (want: Want) => inspectGuards(want),
  plan: (want, found) => planCommand(argvOf(want), want.cmd, want, found),
  result: (want, _found, outcomes) => ({ ...commandResult(argvOf(want), outcomes), cmd: want.cmd }),
});

const argvOf = (want: Want): readonly string[] => [want.executable, '-c', want.cmd];
