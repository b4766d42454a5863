import { expect, test } from '@jest/globals';
import { bitsOf, fileMode, octal } from '../../../src/modules/file-mode.ts';

test.each([
  ['0644', 0, '0644'],
  ['755', 0, '0755'],
  ['4755', 0, '4755'],
  ['u+x', 0o644, '0744'],
  ['+x', 0o644, '0755'],
  ['go-rwx', 0o755, '0700'],
  ['u=rw,go=r', 0o777, '0644'],
  ['a=', 0o777, '0000'],
  ['u=rwX', 0o644, '0644'],
  ['g+s', 0o755, '2755'],
  ['+t', 0o777, '1777'],
])('%s over %i comes to %s', (mode, now, after) => {
  expect(octal(bitsOf(mode, now, false))).toBe(after);
});

test('X gives directories, and what is executable already, the right to execute', () => {
  expect(octal(bitsOf('u=rwX,go=rX', 0o600, true))).toBe('0755');
  expect(octal(bitsOf('go=rX', 0o700, false))).toBe('0755');
});

test.each(['', '99', '0999', 'rwxr-xr-x', 'x+u', '64'])('%p is not a mode', (mode) => {
  expect(fileMode.safeParse(mode).success).toBe(false);
});

test('a bare number is refused with what to write', () => {
  expect(fileMode.safeParse(420).error?.issues[0]?.message).toContain('with its quotes');
});
