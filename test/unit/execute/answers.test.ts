import { expect, test } from '@jest/globals';
import { Answers } from '../../../src/execute/answers.ts';
import { keyOf, question } from '../../../src/execute/question.ts';
import type { Probe } from '../../../src/model/probe.ts';

const stat = (path: string, follow?: boolean): Probe => ({
  kind: 'stat',
  path,
  ...(follow === undefined ? {} : { follow }),
});

test('Equal probes have one key, and any difference makes another', () => {
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
  expect(new Set(probes.map(keyOf)).size).toBe(probes.length);
  for (const probe of probes) expect(keyOf({ ...probe })).toBe(keyOf(probe));
});

test('An answer is found by an equal question of the same user, until answers are void', () => {
  const answers = new Answers();
  const probe = stat('/srv/a');
  const answer = { failed: 'other', detail: 'an answer' } as const;
  answers.put('root', question(probe), answer);
  expect(answers.get('root', question({ ...probe }))).toBe(answer);
  expect(answers.get(undefined, question(probe))).toBeUndefined();
  const again = { ...answer };
  answers.put('root', question({ ...probe }), again);
  expect(answers.get('root', question(probe))).toBe(again);
  expect([...answers]).toHaveLength(1);
  answers.clear();
  expect(answers.get('root', question(probe))).toBeUndefined();
});
