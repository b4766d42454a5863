import { trouble } from '../diagnostics/trouble.ts';
import type { AddCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { type ApplyOptions, runOptions } from './options.ts';

/** `troupe apply PLAYBOOK|plan.json -i INVENTORY`: makes the changes that `plan` shows. */
export const applyCommand: AddCommand = (program, io, done) => {
  runOptions(
    program
      .command('apply <playbook>')
      .description('Make the changes that plan shows; PLAYBOOK may be a plan saved by plan --out.')
      .option('--confirm', 'show the plan and ask before anything is changed')
      .option('--partial', 'of a saved plan, apply it to the hosts that have not drifted'),
  ).action((playbook: string, options: ApplyOptions) => done(apply(playbook, options, io)));
};

async function apply(playbook: string, options: ApplyOptions, io: Io): Promise<number> {
  const { isPlanPath } = await import('../saved/plan-path.ts');
  if (isPlanPath(playbook)) {
    const { applySaved } = await import('./apply-saved.ts');
    return applySaved(playbook, options, io);
  }
  if (options.partial) {
    throw trouble('partial-without-plan', '--partial needs a saved plan.', {
      help: 'Without one, nothing was promised that a host could have drifted from; --limit chooses hosts.',
    });
  }
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
