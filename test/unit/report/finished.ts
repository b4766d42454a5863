import type { TaskFinished } from '../../../src/model/event.ts';

/** The event of a task that changed something on a host, but for what is said otherwise. */
export const finished = (host: string, number: number, more: Partial<TaskFinished> = {}): TaskFinished => ({
  event: 'task_finished',
  host,
  task: {
    id: `t${number}`,
    label: `task ${number}`,
    module: 'file',
    place: { file: '/srv/site.yml', line: number, column: 1 },
  },
  status: 'changed',
  changes: [],
  ...more,
});
