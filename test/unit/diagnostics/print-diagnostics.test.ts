import { describe, expect, test } from '@jest/globals';
import { printDiagnostics } from '../../../src/diagnostics/print-diagnostics.ts';
import { fault } from '../../../src/diagnostics/trouble.ts';
import type { Diagnostic } from '../../../src/model/source.ts';

const text = '- hosts: all\n  tasks:\n    - coppy:\n\tsrc: a\n';
const place = (line: number, column: number, file = '/home/me/site.yml') => ({ file, line, column });
const print = (...diagnostics: readonly Diagnostic[]): string =>
  printDiagnostics(diagnostics, {
    colour: false,
    cwd: '/home/me',
    readFile: (path) => (path.endsWith('site.yml') ? text : undefined),
  });

describe('A diagnostic is printed', () => {
  test('with its place, the lines around it, a caret and help', () => {
    expect(
      print(
        fault('unknown-module', 'There is no module "coppy".', {
          help: 'Did you mean "copy"?',
          place: place(3, 7),
        }),
      ),
    ).toBe(
      `error[unknown-module]: There is no module "coppy".
  --> site.yml:3:7
  1 | - hosts: all
  2 |   tasks:
  3 |     - coppy:
    |       ^
  4 |     src: a
  help: Did you mean "copy"?
`,
    );
  });

  test('with the caret under the right letter where tabs stand before it', () => {
    expect(print(fault('a', 'b', { place: place(4, 2) }))).toContain('  4 |     src: a\n    |     ^\n');
  });

  test('without a frame where the file cannot be read, or is shorter', () => {
    expect(print(fault('a', 'b', { place: place(1, 1, '/etc/other') }))).toBe(
      'error[a]: b\n  --> /etc/other:1:1\n',
    );
    expect(print(fault('a', 'b', { place: place(99, 1) }))).toBe('error[a]: b\n  --> site.yml:99:1\n');
  });

  test('with help of several lines indented', () => {
    expect(print(fault('a', 'b', { help: 'Write:\ncopy:\n  src: a' }))).toBe(
      'error[a]: b\n  help: Write:\n        copy:\n          src: a\n',
    );
  });

  test('once for all hosts that it concerns', () => {
    const of = (host: string) => fault('a', 'b', { host, place: place(1, 1, '-e') });
    expect(print(of('web1'), of('web2'), of('web1'))).toBe(
      'error[a]: b\n  --> -e:1:1\n  hosts: web1, web2\n',
    );
  });

  test('in colour where that is wanted', () => {
    expect(printDiagnostics([fault('a', 'b')], { colour: true })).toBe(
      '\u001b[31merror[a]\u001b[0m\u001b[1m:\u001b[0m \u001b[1mb\u001b[0m\n',
    );
  });
});

test('Several are sorted by file and line, those without a place come last, and they are counted', () => {
  const warning: Diagnostic = { ...fault('w', 'five', { place: place(1, 1, '/z') }), severity: 'warning' };
  const printed = print(
    fault('x', 'six'),
    warning,
    fault('x', 'three', { place: place(3, 1) }),
    fault('x', 'one', { place: place(1, 1) }),
    fault('x', 'two', { place: place(1, 5) }),
    fault('x', 'two', { place: place(1, 5) }),
  );
  const heads = printed.split('\n').filter((line) => /^(error|warning)\[/.test(line));
  expect(heads.map((line) => line.replace(/.*: /, ''))).toEqual(['one', 'two', 'three', 'five', 'six']);
  expect(printed.endsWith('\n4 errors, 1 warning\n')).toBe(true);
});
