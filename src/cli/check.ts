import type { AddCommand } from './command.ts';
import { EXIT } from './io.ts';
import { type PlaybookOptions, playbookOptions } from './options.ts';

/** `troupe check PLAYBOOK -i INVENTORY`: everything that can be found without connecting. */
export const checkCommand: AddCommand = (program, io, done) => {
  playbookOptions(
    program
      .command('check <playbook>')
      .description('Find faults without connecting: names, variables, parameters, conditions, files.'),
  ).action((playbook: string, options: PlaybookOptions) =>
    done(
      (async () => {
        const { compilePlaybook } = await import('./stages.ts');
        const { compiled } = compilePlaybook(playbook, options);
        const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
        io.stdout.write(
          `${playbook}: no fault found in ${plural(compiled.plays.length, 'play')} for ${plural(compiled.hosts.length, 'host')}\n`,
        );
        return EXIT.done;
      })(),
    ),
  );
};
