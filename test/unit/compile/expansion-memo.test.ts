import { expect, test } from '@jest/globals';
import { ExpansionMemo } from '../../../src/compile/expansion-memo.ts';
import type { Expansion } from '../../../src/model/compiled.ts';
import type { AnyModule } from '../../../src/modules/module.ts';

/** A host's names, and how often they were looked at. */
function scopeOf(values: Readonly<Record<string, unknown>>, ...reads: readonly string[]) {
  const looked = { times: 0 };
  const scope = {
    bindingOf: (name: string) => {
      looked.times += 1;
      return values[name];
    },
    reads: () => new Map(reads.map((name) => [name, values[name]])),
  };
  return { scope, looked };
}

const came = (reason: string): Expansion<AnyModule> => ({ kind: 'skipped', reason });

test('Finding an expansion costs no more where many hosts differ', () => {
  const memo = new ExpansionMemo();
  const looks = Array.from({ length: 60 }, (_, at) => {
    const { scope, looked } = scopeOf({ site: 'north', root: `/srv/${at}` }, 'site', 'root');
    memo.of(scope, () => came(`host ${at}`));
    return looked.times;
  });
  expect(Math.max(...looks)).toBeLessThanOrEqual(2);
  const { scope } = scopeOf({ site: 'north', root: '/srv/7' });
  expect(memo.of(scope, () => came('anew'))).toEqual(came('host 7'));
});

test('Which names are read may hang on what others stand for', () => {
  const memo = new ExpansionMemo();
  const byPort = { how: 'port', port: 80, socket: '/run/a' };
  const bySocket = { how: 'socket', port: 81, socket: '/run/b' };
  memo.of(scopeOf(byPort, 'port', 'how').scope, () => came('by port'));
  memo.of(scopeOf(bySocket, 'socket', 'how').scope, () => came('by socket'));
  const found = (values: object) => memo.of(scopeOf({ ...values }).scope, () => came('anew'));
  expect(found({ ...byPort, socket: '/run/c' })).toEqual(came('by port'));
  expect(found({ ...bySocket, port: 82 })).toEqual(came('by socket'));
  expect(memo.of(scopeOf({ ...byPort, port: 83 }, 'port', 'how').scope, () => came('anew'))).toEqual(
    came('anew'),
  );
});

test('No more than some are kept', () => {
  const memo = new ExpansionMemo();
  const of = (at: number) => memo.of(scopeOf({ at }, 'at').scope, () => ({ ...came(`${at}`) }));
  const first = of(0);
  expect(of(0)).toBe(first);
  for (let at = 1; at < 1000; at += 1) of(at);
  expect(of(0)).not.toBe(first);
});
