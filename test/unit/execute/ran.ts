import { execute } from '../../../src/execute/execute.ts';
import { type FakeHost, fakeConnect } from '../../../src/hosts/fake.ts';
import type { Event, Recap, TaskFinished } from '../../../src/model/event.ts';
import { type Asked, compiled, type Files } from '../compile/compiled.ts';

/** What a run came to. */
export interface Ran {
  readonly recap: Recap;
  readonly events: readonly Event[];
  /** `host task[ (item)] status`, in the order of the events; skipped ones too. */
  readonly lines: readonly string[];
  readonly finished: readonly TaskFinished[];
}

interface How {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: Event) => void;
}

/** Runs a project on fake hosts. */
export const ran = (
  mode: 'plan' | 'apply',
  files: Files,
  hosts: Readonly<Record<string, FakeHost>>,
  how: How & { readonly asked?: Asked } = {},
): Promise<Ran> => executed(mode, compiled(files, how.asked), hosts, how);

/** Runs a compiled playbook on fake hosts. */
export async function executed(
  mode: 'plan' | 'apply',
  playbook: ReturnType<typeof compiled>,
  hosts: Readonly<Record<string, FakeHost>>,
  how: How = {},
): Promise<Ran> {
  const events: Event[] = [];
  const recap = await execute({
    compiled: playbook,
    connect: fakeConnect(hosts),
    targets: new Map(
      playbook.hosts.map((name) => [
        name,
        { name, connection: 'ssh', address: name, connectTimeoutMs: 1000 },
      ]),
    ),
    mode,
    forks: 10,
    holder: 'a test',
    playbook: 'site.yml',
    emit: (event) => {
      events.push(event);
      how.onEvent?.(event);
    },
    signal: how.signal ?? new AbortController().signal,
  });
  const finished = events.filter((event) => event.event === 'task_finished');
  return {
    recap,
    events,
    finished,
    lines: finished.map(
      ({ host, task, status, ignored }) =>
        `${host} ${task.label}${task.item === undefined ? '' : ` (${task.item})`} ${status}${ignored ? ' (ignored)' : ''}`,
    ),
  };
}

/** A project of one play on all hosts. */
export const play = (body: string, more: Files = {}): Files => ({
  'site.yml': `- hosts: all\n${body.trim().replace(/^/gm, '  ')}\n`,
  ...more,
});
