import { expect } from '@jest/globals';
import type { FakeHost } from '../../../src/hosts/fake.ts';
import type { Facts } from '../../../src/model/facts.ts';
import fc from '../../random.ts';
import { compiled } from '../compile/compiled.ts';
import { executed } from '../execute/ran.ts';
import { disagreement } from './disagreement.ts';
import { answersOf, hostFor, randomFacts } from './random-host.ts';
import { type RandomTask, randomTask } from './random-params.ts';
import { SOURCES } from './words.ts';

/** A host, what it has seen before (as far as that went well), and the tasks that are planned and applied. */
export interface World {
  readonly facts: Facts;
  readonly before: readonly RandomTask[];
  readonly tasks: readonly RandomTask[];
  /** A task that fails does not end the run. */
  readonly goesOn: boolean;
}

export const world: fc.Arbitrary<World> = fc.record({
  facts: randomFacts,
  before: fc.array(randomTask, { maxLength: 4 }),
  tasks: fc.array(randomTask, { minLength: 1, maxLength: 8 }),
  goesOn: fc.boolean(),
});

/** Plans, applies and plans again; what was planned must be what is done, and then nothing may be left. */
export async function check({ facts, before, tasks, goesOn }: World): Promise<void> {
  const web1 = hostFor([...before, ...tasks], facts);
  await executed('apply', compiled(playbook(before, { ignore_errors: true })), { web1 });
  const site = compiled(playbook(tasks, { ignore_errors: goesOn }));
  const planned = await planOf(site, web1, tasks);
  const applied = await executed('apply', site, { web1 });
  expect(disagreement(planned.finished, applied.finished)).toBeUndefined();
  if (applied.finished.some(({ status }) => status === 'failed')) return;

  const again = await planOf(site, web1, tasks);
  const first = again.finished.findIndex(({ status }) => status === 'changed' || status === 'failed');
  if (first < 0 || neverRests(tasks[first])) return;
  // What a later task undid is to be done again: does it rest where no later one comes?
  const alone = hostFor([...before, ...tasks], facts);
  await executed('apply', compiled(playbook(before, { ignore_errors: true })), { web1: alone });
  await executed('apply', compiled(playbook(tasks.slice(0, first + 1), { ignore_errors: goesOn })), {
    web1: alone,
  });
  const itself = compiled(playbook(tasks.slice(first, first + 1)));
  const [rested] = (await planOf(itself, alone, tasks)).finished;
  expect(rested && [rested.task.label, rested.status, rested.changes, rested.diagnostic]).toMatchObject({
    1: 'ok',
  });
}

async function planOf(site: ReturnType<typeof compiled>, web1: FakeHost, tasks: readonly RandomTask[]) {
  const [actions, answers] = [web1.actions.length, answersOf(web1, tasks)];
  const planned = await executed('plan', site, { web1 });
  expect(web1.actions).toHaveLength(actions);
  expect(answersOf(web1, tasks)).toEqual(answers);
  return planned;
}

const neverRests = (task: RandomTask | undefined): boolean =>
  ['command', 'shell'].includes(task?.module ?? '') ||
  ['restarted', 'reloaded'].includes(String(task?.params.state));

function playbook(tasks: readonly RandomTask[], all: object = {}) {
  const nodes = tasks.map(({ module, params, become }, index) => ({
    name: `${index} ${module}`,
    [module]: params,
    ...all,
    ...(become === undefined ? {} : { become: true, become_user: become }),
  }));
  return { ...SOURCES, 'site.yml': JSON.stringify([{ hosts: 'all', tasks: nodes }]) };
}
