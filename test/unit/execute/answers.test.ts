import { expect, test } from '@jest/globals';
import { Answers, keyOf } from '../../../src/execute/answers.ts';
import type { Probe } from '../../../src/model/probe.ts';

const stat = (path: string, follow?: boolean): Probe => ({
  kind: 'stat',
  path,
  ...(follow === undefined ? {} : { follow }),
});

test('Equal probes of one user have one key, and any difference makes another', () => {
  const probes: readonly Probe[] = [
    stat('/srv/a'),
    stat('/srv/a', true),
    stat('/srv/b'),
    { kind: 'readFile', path: '/srv/a' },
    { kind: 'readFile', path: '/srv/a', expect: '00' },
    { kind: 'capture', argv: ['ls', '-l a'] },
    { kind: 'capture', argv: ['ls', '-l', 'a'] },
    { kind: 'capture', argv: ['ls', '-l', 'a'], timeoutMs: 5 },
  ];
  const keys = probes.flatMap((probe) => [keyOf(undefined, probe), keyOf('root', probe)]);
  expect(new Set(keys).size).toBe(2 * probes.length);
  for (const probe of probes) expect(keyOf('root', { ...probe })).toBe(keyOf('root', probe));
});

test('An answer is found by the probe itself, by an equal one, and by no other user, until answers are void', () => {
  const answers = new Answers();
  const probe = stat('/srv/a');
  const answer = { failed: 'other', detail: 'an answer' } as const;
  answers.put('root', probe, answer);
  expect(answers.get('root', probe)).toBe(answer);
  expect(answers.get('root', { ...probe })).toBe(answer);
  expect(answers.get(undefined, probe)).toBeUndefined();
  const again = { ...answer };
  answers.put('root', { ...probe }, again);
  expect(answers.get('root', probe)).toBe(again);
  expect(answers.get('root', { ...probe })).toBe(again);
  expect([...answers]).toHaveLength(1);
  answers.clear();
  expect(answers.get('root', probe)).toBeUndefined();
});
