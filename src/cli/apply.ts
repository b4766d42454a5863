import type { AddCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { type RunOptions, runOptions } from './options.ts';

interface ApplyOptions extends RunOptions {
  readonly confirm?: boolean;
}

/** `troupe apply PLAYBOOK -i INVENTORY`: makes the changes that `plan` shows. */
export const applyCommand: AddCommand = (program, io, done) => {
  runOptions(
    program
      .command('apply <playbook>')
      .description('Make the changes that plan shows.')
      .option('--confirm', 'show the plan and ask before anything is changed'),
  ).action((playbook: string, options: ApplyOptions) => done(apply(playbook, options, io)));
};

async function apply(playbook: string, options: ApplyOptions, io: Io): Promise<number> {
  const { prepareRun, runPlaybook } = await import('./run.ts');
  const prepared = await prepareRun(playbook, options, io);
  if (options.confirm) {
    const { confirm } = await import('./ask.ts');
    const planned = await runPlaybook('plan', prepared, options, io);
    if (planned.exit !== EXIT.changes) return planned.exit;
    if (!(await confirm('Apply these changes?', io))) return EXIT.interrupted;
  }
  return (await runPlaybook('apply', prepared, options, io)).exit;
}
