import { test } from '@jest/globals';
import { FAKE_FACTS } from '../../../src/hosts/fake-world.ts';
import fc from '../../random.ts';
import { check, type World, world } from './check-agreement.ts';
import type { RandomTask } from './random-params.ts';

/** Ten thousand find what a change of modules or overlay broke: they take some minutes. */
const RUNS = Number(process.env.TROUPE_FUZZ_RUNS ?? 250);

type Line = readonly [module: string, params: RandomTask['params']];

const tasks = (...list: readonly Line[]): [World] => [
  {
    facts: FAKE_FACTS,
    before: [],
    tasks: list.map(([module, params]) => ({ module, params })),
    goesOn: false,
  },
];

/** What was found once. */
const examples = [
  tasks(
    ['file', { path: '/srv/a', state: 'directory', recurse: true, owner: 'www-data' }],
    ['copy', { dest: '/srv/a/c', content: 'a', owner: 'root' }],
    ['file', { path: '/srv/a', state: 'directory', recurse: true, owner: 'www-data' }],
  ),
  tasks(
    ['command', { cmd: 'make it', removes: '/srv/l/b' }],
    ['file', { path: '/srv/a/b', state: 'directory' }],
  ),
  tasks(
    ['lineinfile', { path: '/etc/hosts', line: 'a', regexp: '^a' }],
    ['shell', { cmd: 'make it', removes: '/etc/hosts', onlyif: 'test -e /srv/a/b' }],
    ['hosts_entry', { address: '10.0.0.11', names: ['web1'] }],
  ),
  tasks(
    ['file', { path: '/srv/a', state: 'absent' }],
    ['command', { cmd: 'make it', unless: 'test -e /srv/a/b' }],
  ),
  tasks(
    ['package', { name: 'lighttpd' }],
    ['template', { src: 'mine.service.hbs', dest: '/etc/hosts' }],
    ['hosts_entry', { address: '10.0.0.12', names: 'web2' }],
  ),
  tasks(
    ['file', { path: '/srv/l', state: 'link', src: 'l' }],
    ['file', { path: '/srv/l/n', state: 'touch' }],
  ),
];

test('a plan changes nothing, says what apply does, and rests afterwards', async () => {
  await fc.assert(fc.asyncProperty(world, check), { numRuns: RUNS, examples });
}, 3_600_000);
