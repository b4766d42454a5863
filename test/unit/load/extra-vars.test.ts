import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadExtraVars } from '../../../src/load/extra-vars.ts';
import { plainValue } from '../../../src/model/tree.ts';
import { brief, faultsOf, project } from './project.ts';

const values = (...args: readonly string[]): unknown =>
  Object.fromEntries([...loadExtraVars(args)].map(([name, one]) => [name, plainValue(one.tree)]));

describe('-e', () => {
  test.each([
    ['mode=nat', { mode: 'nat' }],
    ['a=1 b=two', { a: 1, b: 'two' }],
    ['a=1 b="x y"', { a: 1, b: 'x y' }],
    ['motd=hello world', { motd: 'hello world' }],
    ['url=http://x/?a=b', { url: 'http://x/?a=b' }],
    ['a=', { a: '' }],
    ['debug=true', { debug: true }],
    ['version=1.10', { version: '1.10' }],
    ['mode=0644', { mode: '0644' }],
    ['{"a": [1, 2], "b": {"c": null}}', { a: [1, 2], b: { c: null } }],
  ])('%s', (arg, expected) => {
    expect(values(arg)).toEqual(expected);
  });

  test('@file is a file of variables; later arguments win and know what they hide', () => {
    const file = join(project({ 'v.yml': 'a: 1\nb: 2\n' }), 'v.yml');
    const vars = loadExtraVars([`@${file}`, 'a=3']);
    expect(vars.get('a')).toMatchObject({ from: '-e', tree: { value: 3 }, hides: [{ from: `-e @${file}` }] });
    expect(vars.get('b')?.place).toEqual({ file, line: 2, column: 1 });
  });

  test('that is not understood, or names no variable, is refused', () => {
    expect(
      faultsOf(() => loadExtraVars(['oops', 'my-port=1', '{a: [', '@/no/such'])).map((one) => brief(one)),
    ).toEqual([
      'extra-vars -e does not understand "oops".',
      'variable-name 1:1 "my-port" is no name for a variable.',
      expect.stringMatching(/^yaml-syntax 1:/),
      'file-unreadable Cannot read /no/such: there is no such file.',
    ]);
  });
});
