import type { AddCommand } from './command.ts';
import type { Io } from './io.ts';
import { type RunOptions, runOptions } from './options.ts';

interface PlanOptions extends RunOptions {
  readonly out?: string;
}

/** `troupe plan PLAYBOOK -i INVENTORY [--out FILE]`: what would change on every host; changes nothing. */
export const planCommand: AddCommand = (program, io, done) => {
  runOptions(
    program
      .command('plan <playbook>')
      .description('Show what would change on every host. Exit status 2 when something would.')
      .option('--only-changed', 'tell only of what would change, is unknown or fails: for a drift check')
      .option('--out <file>', 'save the plan, for "troupe apply FILE"; the name ends in .json'),
  ).action((playbook: string, options: PlanOptions) => done(plan(playbook, options, io)));
};

async function plan(playbook: string, options: PlanOptions, io: Io): Promise<number> {
  const { prepareRun, runPlaybook } = await import('./run.ts');
  if (options.out === undefined)
    return (await runPlaybook('plan', await prepareRun(playbook, options, io), options, io)).exit;
  const { planAndSave } = await import('./save-plan.ts');
  return planAndSave(playbook, options.out, options, io);
}
