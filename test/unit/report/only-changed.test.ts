import { expect, test } from '@jest/globals';
import type { Event } from '../../../src/model/event.ts';
import { onlyChanged } from '../../../src/report/only-changed.ts';
import { runs } from './runs.ts';

const told = (name: string): readonly Event[] => {
  const events: Event[] = [];
  const emit = onlyChanged((event) => events.push(event));
  for (const event of runs[name] ?? []) if (event !== 'look') emit(event);
  return events;
};
const names = (name: string): readonly string[] =>
  told(name).map((event) => (event.event === 'task_finished' ? event.status : event.event));

test('A drift check is told of what is changed or unknown, and of its play', () => {
  expect(names('bare-host')).toEqual([
    ...['run_started', 'play_started', 'changed', 'changed', 'unknown', 'changed', 'changed', 'recap'],
  ]);
});

test('A drift check of a host that is as it should be has a first and a last event', () => {
  expect(names('unchanged-host')).toEqual(['run_started', 'recap']);
});

test('A drift check is told of hosts that fail', () => {
  expect(names('failing-host')).toContain('host_unreachable');
  expect(names('failing-host')).toContain('failed');
});
