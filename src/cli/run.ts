import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { execute } from '../execute/execute.ts';
import { connect } from '../hosts/connect.ts';
import type { Recap } from '../model/event.ts';
import type { Target } from '../model/host.ts';
import { report } from '../report/report.ts';
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
  const targets = await targetsOf(
    ready.compiled.hosts,
    ready.inventory,
    { extraVars: ready.extraVars, askBecomePass: options.askBecomePass === true },
    io,
  );
  return { ...ready, playbook, targets };
}

/** Plans or applies, and shows what happens. */
export async function runPlaybook(
  mode: 'plan' | 'apply',
  prepared: PreparedRun,
  options: RunOptions,
  io: Io,
): Promise<Recap> {
  const shown = await report({
    format: formatFor(options.format, io),
    colour: wantsColour(io.stdout, io.env),
    verbose: options.verbose === true,
    stdout: io.stdout,
    stderr: io.stderr,
  });
  try {
    return await untilInterrupted(io, (signal) =>
      execute({
        compiled: prepared.compiled,
        connect,
        targets: prepared.targets,
        mode,
        forks: options.forks,
        holder: holder(mode, prepared.playbook),
        playbook: basename(prepared.playbook),
        emit: shown.emit,
        signal,
      }),
    );
  } finally {
    shown.end();
  }
}

/** Who is at work, for whoever finds a host locked. */
const holder = (mode: string, playbook: string): string =>
  `${userInfo().username}@${hostname()}, troupe ${mode} ${playbook}, process ${process.pid}, since ${new Date().toISOString()}`;
