import { expect, test } from '@jest/globals';
import { needLimits } from '../../../src/lab/limits.ts';

/** As Linux prints it (proc(5)), with some soft limits changed. */
const limits = (changed: Readonly<Record<string, string>> = {}) =>
  [
    ['Max file size', 'unlimited', 'unlimited', 'bytes'],
    ['Max processes', '96364', '96364', 'processes'],
    ['Max open files', '1024', '1048576', 'files'],
    ['Max address space', 'unlimited', 'unlimited', 'bytes'],
  ]
    .map(([name = '', soft = '', hard = '', unit]) =>
      [name.padEnd(25), (changed[name] ?? soft).padEnd(20), hard.padEnd(20), unit].join(' '),
    )
    .join('\n');

test('limits as they are by default are enough', () => {
  expect(() => needLimits(limits())).not.toThrow();
});

test('each limit that is too low is told, with its option of ulimit', () => {
  const low = limits({ 'Max open files': '24', 'Max file size': '102400' });
  expect(() => needLimits(low)).toThrow(
    'This shell allows 24 open files (ulimit -n); the lab wants 128.\nThis shell allows 102400 bytes in a file (ulimit -f); the lab wants 8589934592.',
  );
});
