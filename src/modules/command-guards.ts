import * as z from 'zod';
import type { Capture, Found, Probe, ReadFile, StatPath } from '../model/probe.ts';
import { capture, readFile, stat } from '../model/probe-makers.ts';
import { answers, type Effect, type Outcome, type Run, run, type Step, step } from '../model/step.ts';
import { unknown, type ValueMap } from '../model/value.ts';
import { hostPath } from './file-path.ts';

/** Parameters that `command` and `shell` share. */
export const guardParams = {
  chdir: hostPath.optional().describe('Directory to run in.'),
  creates: hostPath
    .optional()
    .describe('Path that the command makes: where it exists, the command is not run.'),
  removes: hostPath
    .optional()
    .describe('Path that the command removes: where it does not exist, the command is not run.'),
  unless: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Shell command that only reads: where it succeeds, the command is not run. It is asked in a plan too, as long as nothing is to change before it.',
    ),
  onlyif: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Shell command that only reads: the command is run only where it succeeds. It is asked in a plan too, as long as nothing is to change before it.',
    ),
  stdin: z.string().optional().describe('Text that the command reads; nothing is added at its end.'),
};

/** What guards a command, and how it is run. */
export interface Guarded {
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly unless?: string | undefined;
  readonly onlyif?: string | undefined;
  readonly stdin?: string | undefined;
}

/** What to read before a command: its guards. */
export function inspectGuards(want: Guarded) {
  return {
    ...(want.creates === undefined ? {} : { creates: stat(want.creates, { follow: true }) }),
    ...(want.removes === undefined ? {} : { removes: stat(want.removes, { follow: true }) }),
    ...(want.unless === undefined ? {} : { unless: asked(want.unless, want.chdir) }),
    ...(want.onlyif === undefined ? {} : { onlyif: asked(want.onlyif, want.chdir) }),
  } satisfies Record<string, Probe>;
}

/** The step that runs a command, or none where a guard holds it back. */
export function planCommand(
  argv: readonly string[],
  shown: string,
  want: Guarded,
  found: Found<ReturnType<typeof inspectGuards>>,
): readonly Step[] {
  if (found.creates?.exists || found.removes?.exists === false) return [];
  if (found.unless?.rc === 0 || (found.onlyif && found.onlyif.rc !== 0)) return [];
  const action: Run = run(argv, {
    ...(want.chdir === undefined ? {} : { cwd: want.chdir }),
    ...(want.stdin === undefined ? {} : { stdin: want.stdin }),
  });
  return [step('runs', undefined, shown, { action, converges: false, effects: effectsOn(want) })];
}

/** What the command makes is there afterwards, nobody knows how; what it removes is gone. */
function effectsOn({ creates, removes }: Guarded): readonly Effect[] {
  const made = unknown(`the command that makes ${creates} is run only when this is applied`);
  return [
    ...probesOf(creates).map((probe) => answers(probe, made)),
    ...probesOf(removes).map((probe) => answers(probe, { exists: false })),
  ];
}

const probesOf = (path: string | undefined): readonly (StatPath | ReadFile)[] =>
  path === undefined ? [] : [stat(path), stat(path, { follow: true }), readFile(path)];

/** What a register of a command holds; `rc` 0 and no output where a guard held it back. */
export function commandResult(argv: readonly string[], outcomes: readonly Outcome[]): ValueMap {
  const { rc = 0, stdout = '', stderr = '' } = outcomes[0] ?? {};
  return {
    cmd: [...argv],
    rc,
    stdout: trimmed(stdout),
    stderr: trimmed(stderr),
    stdout_lines: lines(stdout),
    stderr_lines: lines(stderr),
  };
}

const asked = (command: string, chdir: string | undefined): Capture => ({
  ...(chdir === undefined
    ? capture('sh', '-c', command)
    : capture('sh', '-c', 'cd -- "$1" && eval "$2"', 'sh', chdir, command)),
  hangsOn: '/',
});

const trimmed = (text: string): string => text.replace(/[\r\n]+$/, '');
const lines = (text: string): readonly string[] => (text === '' ? [] : trimmed(text).split(/\r?\n/));
