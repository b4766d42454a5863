import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Event, Recap, TaskFinished } from '../../src/model/event.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/troupe', import.meta.url));
/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a run of the command line came to. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `troupe` as a user does, in the project's folder. */
export function troupe(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: ROOT,
      // Jest's own, which a test may have changed.
      env: process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      chunks.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      chunks.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ status: code ?? -1, ...chunks }));
  });
}

/** A plan or an apply, by its events. */
export interface Told {
  readonly recap: Recap | undefined;
  readonly finished: readonly TaskFinished[];
  /** Changed and unknown tasks, one line each, sorted: `web1 | role : task | item | status`. */
  readonly changes: readonly string[];
  /** What `debug` tasks said. */
  readonly messages: readonly string[];
  /** Failures, for the message of an assertion. */
  readonly failures: readonly string[];
}

/** The same of the command line. */
export type Run = Ran & Told;

/** Runs `troupe plan` or `troupe apply` with `--format json`. */
export async function play(verb: 'plan' | 'apply', ...args: readonly string[]): Promise<Run> {
  const ran = await troupe(verb, ...args, '--format', 'json');
  const events = ran.stdout
    .split('\n')
    .filter(Boolean)
    .map((line): Event => JSON.parse(line));
  const told = tell(events);
  return { ...ran, ...told, failures: [...told.failures, ...(ran.stderr ? [ran.stderr] : [])] };
}

/** What the events of a run tell. */
export function tell(events: readonly Event[]): Told {
  const finished = events.filter((event) => event.event === 'task_finished');
  const changed = finished.filter(({ status }) => status === 'changed' || status === 'unknown');
  return {
    recap: events.find((event) => event.event === 'recap'),
    finished,
    changes: changed
      .map(({ host, task, status }) => [host, task.label, task.item ?? '', status].join(' | '))
      .sort(),
    messages: finished.flatMap(({ message }) => message ?? []),
    failures: [
      ...finished
        .filter(({ status, ignored }) => status === 'failed' && !ignored)
        .map(({ host, task, diagnostic }) => `${host}: ${task.label}: ${diagnostic?.summary}`),
      ...events.flatMap((event) =>
        event.event === 'host_unreachable' ? [`${event.host}: ${event.diagnostic.summary}`] : [],
      ),
    ],
  };
}
