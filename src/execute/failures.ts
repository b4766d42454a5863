import { fault } from '../diagnostics/trouble.ts';
import type { Probe, ProbeFailure } from '../model/probe.ts';
import type { Diagnostic } from '../model/source.ts';
import type { Action, Outcome, Step } from '../model/step.ts';
import type { Task } from './run-state.ts';

/** Ends a task on a host; the run of the host goes on only where a rescue or ignore_errors says so. */
export class TaskFailed extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.summary);
    this.name = 'TaskFailed';
    this.diagnostic = diagnostic;
  }
}

/** The run was interrupted. */
export class Aborted extends Error {}

/** An action that did not succeed. */
export function actionFailed(action: Action, outcome: Outcome, task: Task): Diagnostic {
  const said = task.noLog ? '' : lastLines(outcome.stderr || outcome.stdout);
  const how = outcome.timedOut ? 'did not end in time' : `exited with ${outcome.rc}`;
  return fault('action-failed', `${describe(action, task)} ${how}${said ? `: ${said}` : '.'}`, {
    place: task.ref.place,
    help: 'Nothing after this task was done on this host. Mend the cause and run it again: what is done already stays done.',
  });
}

const describe = (action: Action, task: Task): string => {
  switch (action.kind) {
    case 'run':
      return task.noLog ? (action.argv[0] ?? '') : commandLine(action.argv);
    case 'wait':
      return `Waiting for ${action.what}`;
    case 'writeFile':
      return `Writing ${action.path}`;
    case 'remove':
      return `Removing ${action.path}`;
    case 'fetchFile':
      return `Fetching ${action.from}`;
    default:
      return `${action.kind} ${action.path}`;
  }
};

/** A command as one line; of a script, its first line. */
function commandLine(argv: readonly string[]): string {
  const isScript = argv[0] === 'sh' && argv[1] === '-c';
  const [first = '', ...rest] = (isScript ? (argv[2] ?? '') : argv.join(' ')).trim().split('\n');
  return rest.length > 0 ? `${first} …` : first;
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-5).join('\n');

const probeHelp: Readonly<Record<ProbeFailure['failed'], string>> = {
  'permission-denied': 'The user of this task may not read it: give the task "become: true".',
  timeout: 'Something on the host hangs, for instance a dead NFS mount.',
  'missing-tool': 'Install the program that is missing on the host.',
  other: 'Look at the host.',
};

/** A probe that was not answered. */
export const probeFailed = (probe: Probe, failure: ProbeFailure, task: Task): Diagnostic =>
  fault('probe-failed', `The host could not be asked (${probeText(probe)}): ${failure.detail}`, {
    place: task.ref.place,
    help: probeHelp[failure.failed],
  });

const probeText = (probe: Probe): string =>
  probe.kind === 'capture'
    ? probe.argv.join(' ')
    : `${probe.kind} ${'path' in probe ? probe.path : probe.kind === 'here' ? probe.file : probe.name}`;

/** Steps that are left after they were done. */
export const didNotConverge = (left: readonly Step[], task: Task): Diagnostic =>
  fault(
    'did-not-converge',
    `The change was made, and the host still differs: ${left.map((step) => `${step.field} is ${show(step.before)}, not ${show(step.after)}`).join('; ')}.`,
    { place: task.ref.place, help: 'Something on the host undoes it, or refuses it without saying so.' },
  );

const show = (value: Step['before']): string =>
  value === undefined
    ? 'absent'
    : typeof value === 'object' && value !== null && ('bytes' in value || 'sha256' in value)
      ? 'other bytes'
      : JSON.stringify(value);
