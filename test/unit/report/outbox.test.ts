import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Event } from '../../../src/model/event.ts';
import { Outbox } from '../../../src/report/outbox.ts';
import { report } from '../../../src/report/report.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { finished } from './finished.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

function stream() {
  const writes: string[] = [];
  const { stdout } = new FakeTerminal();
  return { writes, stdout: Object.assign(stdout, { write: (text: string) => writes.push(text) > 0 }) };
}

const hosts = Array.from({ length: 100 }, (_, at) => `web${at}`);
const events: readonly Event[] = hosts.flatMap((host) =>
  Array.from({ length: 100 }, (_, at) => finished(host, at + 1, { status: 'ok' })),
);

test('Ten thousand events are written in few pieces, with no letter less', async () => {
  const { writes, stdout } = stream();
  const streams = { stdout, stderr: stdout };
  const { emit, end } = await report({ format: 'json', colour: false, verbose: false, ...streams });
  for (const event of events) emit(event);
  end();
  expect(writes.length).toBeLessThan(events.length / 200);
  expect(writes.join('')).toBe(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
});

test('An event alone is written within a tenth of a second', () => {
  const { writes, stdout } = stream();
  const outbox = new Outbox(stdout);
  outbox.write('one\n');
  outbox.write('two\n');
  expect(writes).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(writes).toEqual(['one\ntwo\n']);
  jest.advanceTimersByTime(1000);
  outbox.end();
  expect(writes).toHaveLength(1);
});

test('What waits is written when the process exits, and when something else is about to be said', () => {
  const { writes, stdout } = stream();
  const outbox = new Outbox(stdout);
  const before = process.listenerCount('exit');
  outbox.write('told\n');
  outbox.flush();
  outbox.write('last words\n');
  for (const listener of process.listeners('exit').slice(-1)) listener(0);
  expect(writes).toEqual(['told\n', 'last words\n']);
  outbox.end();
  expect(process.listenerCount('exit')).toBe(before - 1);
});
