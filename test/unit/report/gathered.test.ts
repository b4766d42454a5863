import { describe, expect, test } from '@jest/globals';
import type { TaskFinished } from '../../../src/model/event.ts';
import { Gathered, type Result } from '../../../src/report/gathered.ts';
import { collectGarbage } from '../../collect-garbage.ts';
import { finished } from './finished.ts';

const told = (results: readonly Result[]) =>
  results.map(({ first, hosts }) => `${first.task.label} of ${first.host} [${hosts.join(' ')}]`);

describe('Results that are gathered', () => {
  test('are told together, in the order of the play, once every host has passed the task', () => {
    const gathered = new Gathered(['a', 'b', 'c']);
    expect(told(gathered.add(finished('b', 1), true))).toEqual([]);
    expect(told(gathered.add(finished('c', 1, { reason: 'other' }), true))).toEqual([]);
    expect(told(gathered.add(finished('a', 1), true))).toEqual(['task 1 of a [a b]', 'task 1 of c [c]']);
  });

  test('do not wait for a host that is at its end without having come to the task', () => {
    const gathered = new Gathered(['a', 'b', 'c']);
    gathered.add(finished('a', 1), true);
    gathered.add(finished('a', 2), true);
    gathered.add(finished('b', 1), true);
    expect(told(gathered.pass('b'))).toEqual([]);
    expect(told(gathered.pass('c'))).toEqual(['task 1 of a [a b]', 'task 2 of a [a]']);
    expect(gathered.rest()).toEqual([]);
  });

  test('still wait for the hosts at work when one that has passed the task is done', () => {
    const gathered = new Gathered(['a', 'b']);
    gathered.add(finished('a', 1), true);
    expect(gathered.pass('a')).toEqual([]);
    expect(told(gathered.add(finished('b', 1), true))).toEqual(['task 1 of a [a b]']);
  });

  test('of a task that is not told wait for it, and say nothing', () => {
    const gathered = new Gathered(['a', 'b']);
    gathered.add(finished('a', 1, { status: 'ok' }), false);
    gathered.add(finished('a', 2), true);
    expect(gathered.add(finished('b', 2), true)).toEqual([]);
    expect(told(gathered.add(finished('b', 1, { status: 'ok' }), false))).toEqual(['task 2 of a [a b]']);
  });

  test('are kept as one event, however many hosts wait to be told of', async () => {
    const hosts = Array.from({ length: 500 }, (_, at) => `web${at}`);
    const gathered = new Gathered(hosts);
    const kept: WeakRef<TaskFinished>[] = [];
    for (const host of hosts.slice(1)) {
      const event = finished(host, 1, { changes: [{ sign: '+', field: 'content' }] });
      kept.push(new WeakRef(event));
      gathered.add(event, true);
    }
    await collectGarbage();
    // A few may still lie in a register of this very function.
    expect(kept.filter((event) => event.deref() !== undefined).length).toBeLessThan(5);
    expect(gathered.rest()[0]?.hosts).toEqual(hosts.slice(1));
  });
});
