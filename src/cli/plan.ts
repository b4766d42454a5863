import type { AddCommand } from './command.ts';
import { type RunOptions, runOptions } from './options.ts';

/** `troupe plan PLAYBOOK -i INVENTORY`: what would change on every host; changes nothing. */
export const planCommand: AddCommand = (program, io, done) => {
  runOptions(
    program
      .command('plan <playbook>')
      .description('Show what would change on every host. Exit status 2 when something would.'),
  ).action((playbook: string, options: RunOptions) =>
    done(
      (async () => {
        const { prepareRun, runPlaybook } = await import('./run.ts');
        return (await runPlaybook('plan', await prepareRun(playbook, options, io), options, io)).exit;
      })(),
    ),
  );
};
