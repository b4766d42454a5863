import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { type ExecuteOptions, execute } from '../execute/execute.ts';
import { connect } from '../hosts/connect.ts';
import { fillInHashes } from '../hosts/hash-file.ts';
import type { Emit, Recap } from '../model/event.ts';
import type { Connect, Target } from '../model/host.ts';
import { type Report, report } from '../report/report.ts';
import { untilInterrupted } from './interrupt.ts';
import { type Io, wantsColour } from './io.ts';
import { formatFor, type RunOptions } from './options.ts';
import { type Compiled, compilePlaybook } from './stages.ts';
import { targetsOf } from './targets.ts';

/** A compiled playbook with the ways to reach its hosts. */
export interface PreparedRun extends Compiled {
  readonly playbook: string;
  readonly targets: ReadonlyMap<string, Target>;
}

/** All stages before the first connection. Throws a Trouble with what is wrong; nothing was touched then. */
export async function prepareRun(playbook: string, options: RunOptions, io: Io): Promise<PreparedRun> {
  const ready = compilePlaybook(playbook, options);
  await fillInHashes(ready.compiled.files);
  const targets = await targetsOf(
    ready.compiled.hosts,
    ready.inventory,
    { extraVars: ready.extraVars, askBecomePass: options.askBecomePass === true },
    io,
  );
  return { ...ready, playbook, targets };
}

/** What to tell of a run besides the screen. */
export type Told = Pick<ExecuteOptions, 'onPlanned'> & { readonly onEvent?: Emit };

/** Plans or applies, and shows what happens. */
export async function runPlaybook(
  mode: 'plan' | 'apply',
  prepared: PreparedRun,
  options: RunOptions,
  io: Io,
  { onEvent, onPlanned }: Told = {},
): Promise<Recap> {
  const shown = await reporter(options, io);
  const emit: Emit = (event) => {
    shown.emit(event);
    onEvent?.(event);
  };
  try {
    return await untilInterrupted(
      io,
      (signal) =>
        execute({
          ...executeOptions(prepared, options, connect),
          ...{ mode, emit, signal },
          ...(onPlanned ? { onPlanned } : {}),
        }),
      shown.flush,
    );
  } finally {
    shown.end();
  }
}

/** What a run needs, whatever it does. */
export const executeOptions = (
  prepared: Pick<PreparedRun, 'compiled' | 'playbook' | 'targets'>,
  options: Pick<RunOptions, 'forks'>,
  open: Connect,
): Omit<ExecuteOptions, 'mode' | 'emit' | 'signal'> => ({
  compiled: prepared.compiled,
  connect: open,
  targets: prepared.targets,
  forks: options.forks,
  holder: holder(prepared.playbook),
  playbook: basename(prepared.playbook),
});

/** A reporter in the format that was asked for. */
export const reporter = (
  options: Pick<RunOptions, 'format' | 'verbose' | 'onlyChanged'>,
  io: Io,
): Promise<Report> =>
  report({
    format: formatFor(options.format, io),
    colour: wantsColour(io.stdout, io.env),
    verbose: options.verbose === true,
    onlyChanged: options.onlyChanged === true,
    stdout: io.stdout,
    stderr: io.stderr,
  });

/** Who is at work, for whoever finds a host locked. */
const holder = (playbook: string): string =>
  `${userInfo().username}@${hostname()}, troupe apply ${playbook}, process ${process.pid}, since ${new Date().toISOString()}`;
