import type { AddCommand } from './command.ts';
import { EXIT, type Io, wantsColour } from './io.ts';
import { type Format, formatFor, formatOption } from './options.ts';
import { packageInfo } from './package-root.ts';

interface ShowOptions {
  readonly format?: Format;
  readonly verbose?: boolean;
}

/** `troupe show plan.json`: prints a saved plan as `plan` did. */
export const showCommand: AddCommand = (program, io, done) => {
  formatOption(
    program
      .command('show <plan>')
      .description('Print a plan that was saved with plan --out.')
      .option('-v, --verbose', 'show tasks that are ok or skipped too'),
  ).action((path: string, options: ShowOptions) => done(show(path, options, io)));
};

/** Prints a saved plan. */
export async function show(path: string, options: ShowOptions, io: Io): Promise<number> {
  const [{ readPlan }, { report }] = await Promise.all([
    import('../saved/read-plan.ts'),
    import('../report/report.ts'),
  ]);
  const plan = readPlan(path, packageInfo().version);
  const format = formatFor(options.format, io);
  if (format !== 'json') io.stdout.write(`${path}: ${plan.path}, planned ${plan.created}\n`);
  const shown = await report({
    // There is nothing to follow: what is on the screen is final.
    format: format === 'live' ? 'plain' : format,
    colour: wantsColour(io.stdout, io.env),
    verbose: options.verbose === true,
    stdout: io.stdout,
    stderr: io.stderr,
  });
  for (const event of plan.events) shown.emit(event);
  shown.end();
  return EXIT.done;
}
