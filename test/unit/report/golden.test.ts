import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { report } from '../../../src/report/report.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { type Run, runs } from './runs.ts';

const FRAME_MS = 100;

/** What a format makes of a run: what is left in the end, and the screens between. */
async function shown(run: Run, format: 'live' | 'plain' | 'json') {
  const terminal = new FakeTerminal();
  const { emit, end } = await report({ format, colour: false, verbose: false, ...terminal });
  const screens: string[] = [];
  for (const event of run) {
    if (event !== 'look') emit(event);
    else {
      jest.advanceTimersByTime(20 * FRAME_MS);
      screens.push(terminal.screen);
    }
  }
  end();
  return { terminal, text: `${terminal.text}\n`, screens };
}

/** Compares with a golden file; UPDATE_GOLDEN=1 writes it instead. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe.each(Object.entries(runs))('The run of %s reads as before', (name, run) => {
  test('in plain text', async () => {
    expectGolden(`${name}.plain`, (await shown(run, 'plain')).text);
  });

  test('as JSON, one event a line', async () => {
    const { text } = await shown(run, 'json');
    expectGolden(`${name}.json`, text);
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(events).toEqual(run.filter((event) => event !== 'look'));
  });

  test('live, at each look', async () => {
    const { screens } = await shown(run, 'live');
    const rule = `${'─'.repeat(80)}\n`;
    expectGolden(`${name}.live`, screens.map((screen) => `${rule}${screen}\n`).join('') + rule);
  });

  test('live, where in the end just the plain text is left and the cursor is back', async () => {
    const { text, terminal } = await shown(run, 'live');
    expect(text).toBe((await shown(run, 'plain')).text);
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.unknown).toEqual([]);
  });
});
