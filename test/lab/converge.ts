import { expect } from '@jest/globals';
import type { TaskFinished } from '../../src/model/event.ts';
import { play, type Told } from '../cli/troupe.ts';
import { foretell, verdict } from './predictions.ts';

/** Largest share of tasks times hosts, skipped ones left out, that may be known only when applied. */
const MOST_UNKNOWN = 0.05;

const run = (verb: 'plan' | 'apply', playbook: string, inventory: string, more: readonly string[]) =>
  play(verb, `playbooks/${playbook}.yml`, '-i', inventory, ...more);

/** Plans, applies, and requires that the plan told the truth, byte by byte, and that nothing is left to do. */
export async function convergeWith(inventory: string, playbook: string, ...more: readonly string[]) {
  const planned = await run('plan', playbook, inventory, more);
  expect(planned.failures).toEqual([]);
  expect(planned.status).toBe(2);
  return { planned, applied: await applied(planned, inventory, playbook, more) };
}

/**
 * The same from bare machines: little may be unknown then, and every host is asked for what the plan foretold of it. `look` is
 * called when nothing but the plan has been done.
 */
export async function convergeBare(inventory: string, playbook: string, look: () => Promise<void>) {
  const foretold = await foretell(`playbooks/${playbook}.yml`, inventory);
  expect(foretold.planned.failures).toEqual([]);
  await look();
  const made = await applied(foretold.planned, inventory, playbook, []);
  const { wrong, compared } = await verdict(foretold);
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(20);
  expect(unknownShare(foretold.planned)).toBeLessThanOrEqual(MOST_UNKNOWN);
  return made;
}

/** Applies what was planned, and plans again. */
async function applied(planned: Told, inventory: string, playbook: string, more: readonly string[]) {
  const made = await run('apply', playbook, inventory, more);
  expect(made.failures).toEqual([]);
  expect(made.status).toBe(0);
  const open = new Set(planned.finished.filter(({ status }) => status === 'unknown').map(nameOf));
  const foretold = made.finished.filter((one) => !open.has(nameOf(one)));
  expect(deedsOf(foretold)).toEqual(deedsOf(planned.finished));
  const again = await run('plan', playbook, inventory, more);
  expect(again.failures).toEqual([]);
  expect(again.changes).toEqual([]);
  expect(again.status).toBe(0);
  return made;
}

/** What was changed, where and how: `before` is left out, which may be known only when its package is there. */
const deedsOf = (finished: Told['finished']) =>
  finished
    .filter(({ status }) => status === 'changed')
    .map((one) => ({
      task: nameOf(one),
      changes: one.changes.map(({ sign, field, path, after }) => ({ sign, field, path, after })),
    }))
    .sort((a, b) => (a.task < b.task ? -1 : 1));

const nameOf = ({ host, task }: TaskFinished): string => [host, task.label, task.item ?? ''].join(' | ');

/** Unknown results, and commands without a guard, of all that are not skipped. */
export function unknownShare({ finished }: Told): number {
  const counted = finished.filter(({ status }) => status !== 'skipped');
  return counted.filter((one) => one.status === 'unknown' || isUnguarded(one)).length / counted.length;
}

const isUnguarded = ({ task, status }: TaskFinished): boolean =>
  status === 'changed' && (task.module === 'command' || task.module === 'shell');
