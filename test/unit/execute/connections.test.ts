import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { execute } from '../../../src/execute/execute.ts';
import { FakeHost, fakeConnect } from '../../../src/hosts/fake.ts';
import type { Connect } from '../../../src/model/host.ts';
import { collectGarbage, garbageCollected } from '../../collect-garbage.ts';
import { compiled, type Files } from '../compile/compiled.ts';

const inventory = (hosts: number): string =>
  JSON.stringify({ all: { hosts: Object.fromEntries(names(hosts).map((name) => [name, {}])) } });
const names = (hosts: number): string[] => Array.from({ length: hosts }, (_, at) => `host${at}`);

/** Runs a project on fake hosts that are made anew for each connection; tells of every connection. */
async function run(files: Files, hosts: number, told: (what: string) => void = () => {}) {
  const playbook = compiled({ ...files, 'hosts.yml': inventory(hosts) });
  const connect: Connect = async (target, options) => {
    // As over a network, a host's turn is not that of the one before it.
    await turn();
    const host = await fakeConnect({ [target.name]: new FakeHost() })(target, options);
    told(`${target.name} opened for ${options.users.map((user) => user || 'its login').join(', ')}`);
    const close = async (): Promise<void> => {
      told(`${target.name} closed`);
      await host.close();
    };
    return { name: host.name, facts: host.facts, shell: (user) => host.shell(user), close };
  };
  return execute({
    compiled: playbook,
    connect,
    targets: new Map(
      playbook.hosts.map((name) => [
        name,
        { name, connection: 'ssh', address: name, connectTimeoutMs: 1000 },
      ]),
    ),
    mode: 'plan',
    forks: 1,
    holder: 'a test',
    playbook: 'site.yml',
    emit: (event) => {
      if (event.event === 'play_started') told(`play ${event.play}`);
      if (event.event === 'recap') told('recap');
    },
    signal: new AbortController().signal,
  });
}

test('A host is connected to once, for all users of all plays, and let go of after its last play', async () => {
  const told: string[] = [];
  const recap = await run(
    {
      'site.yml': `
- name: first
  hosts: all
  tasks:
    - file: {path: /srv/one, state: directory}
- name: second
  hosts: host1
  tasks:
    - file: {path: /srv/two, state: directory}
      become: true
`,
    },
    2,
    (what) => told.push(what),
  );
  expect(told).toEqual([
    'play first',
    'host0 opened for its login',
    'host0 closed',
    'host1 opened for its login, root',
    'play second',
    'host1 closed',
    'recap',
  ]);
  expect(recap.hosts).toMatchObject({ host0: { changed: 1 }, host1: { changed: 2 } });
  expect(Object.keys(recap.frames)).toEqual(['host0', 'host1']);
});

test('A host that failed is let go of at once, and takes no part any more', async () => {
  const told: string[] = [];
  const play = (name: string) => `
- name: ${name}
  hosts: all
  tasks:
    - fail: {msg: no}
`;
  const recap = await run({ 'site.yml': play('first') + play('second') }, 2, (what) => told.push(what));
  expect(told).toEqual([
    'play first',
    'host0 opened for its login',
    'host0 closed',
    'host1 opened for its login',
    'host1 closed',
    'recap',
  ]);
  expect(recap).toMatchObject({ exit: 1, hosts: { host0: { failed: 1 }, host1: { failed: 1 } } });
});

/** Bytes that a host of a play of so many tasks adds to a run at its end: of its compiled tasks, and of what came of them. */
async function bytesAHost(tasks: number): Promise<number> {
  const list = Array.from({ length: tasks }, (_, at) => ({
    copy: { dest: `/srv/file${at}`, content: `${'x'.repeat(4000)} ${at}` },
  }));
  const files = { 'site.yml': JSON.stringify([{ hosts: 'all', tasks: list }]) };
  const atEnd = async (hosts: number): Promise<number> => {
    const before = await collectGarbage();
    let after = 0;
    await run(files, hosts, (what) => {
      if (what === 'recap') after = garbageCollected();
    });
    return after - before;
  };
  const few = await atEnd(20);
  return ((await atEnd(80)) - few) / 60;
}

test('A host keeps less than 16 KiB in memory until the end of a run, and 1 KiB for each of its tasks', async () => {
  await bytesAHost(1);
  const [short, long] = [await bytesAHost(5), await bytesAHost(45)];
  expect(short).toBeLessThan((16 + 5) * 1024);
  expect((long - short) / 40).toBeLessThan(1024);
}, 60_000);
