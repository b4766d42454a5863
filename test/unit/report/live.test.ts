import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Event } from '../../../src/model/event.ts';
import { LiveReport } from '../../../src/report/live.ts';
import { FakeTerminal } from './fake-terminal.ts';

const hosts = Array.from({ length: 30 }, (_, index) => `web${index + 1}`);
const task = (number: number) => ({
  id: `t${number}`,
  label: `task ${number}`,
  module: 'command',
  place: { file: '/srv/site.yml', line: number, column: 1 },
});
const start: readonly Event[] = [
  { event: 'run_started', mode: 'apply', playbook: '/srv/site.yml', hosts },
  { event: 'play_started', play: 'Everything', hosts, tasks: 30 },
  ...hosts.map((host): Event => ({ event: 'host_started', host, tasks: 30 })),
];

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

function live(terminal: FakeTerminal): LiveReport {
  const report = new LiveReport({ ...terminal, colour: false, verbose: false });
  for (const event of start) report.emit(event);
  return report;
}

describe('The live report', () => {
  test('keeps what others write to stderr above what it draws', () => {
    const terminal = new FakeTerminal();
    const report = live(terminal);
    jest.advanceTimersByTime(100);
    terminal.stderr.write('\nInterrupted.\n');
    jest.advanceTimersByTime(100);
    expect(terminal.screen).toMatch(/Everything.*\n\nInterrupted\.\n\n {2}web1 and 29 more/);
    report.end();
    expect(terminal.text).toMatch(/Interrupted\.$/);
  });

  test('draws ten times a second, however much happens', () => {
    const terminal = new FakeTerminal();
    const report = live(terminal);
    const write = jest.spyOn(terminal.stdout, 'write');
    for (const host of hosts)
      for (let number = 0; number < 30; number++)
        report.emit({ event: 'task_started', host, task: task(number) });
    expect(write).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    const drawings = write.mock.calls.filter(([text]) => String(text).includes('of 30 hosts'));
    expect(drawings).toHaveLength(10);
    report.end();
  });

  test.each([
    [80, 24],
    [20, 5],
    [5, 2],
    [1, 1],
  ])('never draws more than %i columns by %i rows', (columns, rows) => {
    const terminal = new FakeTerminal(columns, rows);
    const report = live(terminal);
    hosts.forEach((host, number) => {
      report.emit({ event: 'task_started', host, task: task(number) });
    });
    const write = jest.spyOn(terminal.stdout, 'write');
    jest.advanceTimersByTime(200);
    const drawn = String(write.mock.calls.at(-1)?.[0]).replaceAll(/\x1b\[\??\d*[a-zA-Z]/g, '');
    const lines = drawn.replace(/\r$/, '').split('\r\n');
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    for (const line of lines) expect(line.length).toBeLessThan(columns);
    report.end();
  });

  test('gives the terminal back when the process ends before the recap', () => {
    const terminal = new FakeTerminal();
    const report = live(terminal);
    jest.advanceTimersByTime(100);
    expect(terminal.cursorShown).toBe(false);
    report.end();
    report.end();
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.text).not.toContain('of 30 hosts');
  });
});
