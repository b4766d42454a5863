import { expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { fillInHashes } from '../../../src/hosts/hash-file.ts';
import { isLocal, LARGE_BYTES } from '../../../src/model/content.ts';
import { compiled } from '../compile/compiled.ts';
import { executed, play, ran } from './ran.ts';

const LARGE = 'a'.repeat(LARGE_BYTES + 1);
const HOSTS = 'all: {hosts: {web1: {image: one}, web2: {image: one}}}\n';
const files = (tasks: string) =>
  play(`tasks:\n${tasks}`, {
    'hosts.yml': HOSTS,
    'files/one.img': LARGE,
    'files/two.img': LARGE.replace('a', 'b'),
    'files/three.img': LARGE,
    'files/small': 'a'.repeat(LARGE_BYTES),
    'templates/large.hbs': LARGE,
  });
const held = () => ({ web1: new FakeHost(), web2: new FakeHost() });

test('a large file that a task names is known once for all hosts, without its bytes', () => {
  const playbook = compiled(
    files(`
  - copy: {src: "{{image}}.img", dest: /srv/image}
  - copy: {src: two.img, dest: /srv/two}
    when: facts.os.family == "debian"
  - copy: {src: small, dest: /srv/small}
  - template: {src: large.hbs, dest: /srv/template}
  - copy: {src: three.img, dest: /srv/three}
    when: image == "three"`),
  );
  const found = [...playbook.files].map(({ path, ...rest }) => ({ name: path.replace(/.*\//, ''), ...rest }));
  expect(found).toEqual([
    { name: 'one.img', size: LARGE.length },
    { name: 'two.img', size: LARGE.length },
  ]);
});

test('a large file is planned by its hash, done as planned, and rests then', async () => {
  const hosts = held();
  const playbook = compiled(files('\n  - copy: {src: one.img, dest: /srv/image, mode: "0600"}'));
  await fillInHashes(playbook.files);
  const planned = await executed('plan', playbook, hosts);
  expect(planned.finished[0]?.changes[0]).toMatchObject({
    sign: '+',
    after: { kind: 'binary', size: LARGE.length },
  });
  expect(hosts.web1.actions).toEqual([]);
  const applied = await executed('apply', playbook, hosts);
  expect(applied.finished.map(({ changes }) => changes)).toEqual(
    planned.finished.map(({ changes }) => changes),
  );
  const [action] = hosts.web2.actions;
  expect(action?.kind === 'writeFile' && isLocal(action.content)).toBe(true);
  expect((await executed('plan', playbook, hosts)).recap.exit).toBe(0);
});

test('which large file it is may come out during the run', async () => {
  const tasks = `
  - {command: image, register: said, changed_when: false}
  - copy: {src: "{{said.stdout}}.img", dest: /srv/image}`;
  const saying = (stdout: string) =>
    new FakeHost({ outcome: ({ kind }) => (kind === 'run' ? { stdout } : undefined) });
  const applied = await ran('apply', files(tasks), { web1: saying('one'), web2: saying('two') });
  expect(applied.recap.exit).toBe(0);
  expect(applied.lines).toContain('web1 copy changed');
});

test('what is edited after a large file was put there is known only when applied', async () => {
  const planned = await ran(
    'plan',
    files(`
  - {name: put, copy: {src: one.img, dest: /srv/image}}
  - {name: edit, lineinfile: {path: /srv/image, line: b}}
  - {name: fetch, fetch: {src: /srv/image, dest: kept}}`),
    held(),
  );
  expect(planned.lines.filter((line) => line.startsWith('web1'))).toEqual([
    'web1 put changed',
    'web1 edit unknown',
    'web1 fetch unknown',
  ]);
  expect(planned.finished.find(({ task }) => task.label === 'edit')?.reason).toContain(
    'too large to be looked into',
  );
});

test('a file that has changed since it was loaded fails the task that sends it', async () => {
  const playbook = compiled(files('\n  - copy: {src: one.img, dest: /srv/image}'));
  for (const file of playbook.files) Object.assign(file, { size: file.size + 1 });
  const applied = await executed('apply', playbook, held());
  expect(applied.finished[0]?.diagnostic).toMatchObject({ code: 'local-file-changed' });
});
