import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/model/event.ts';
import { play, troupe } from '../cli/troupe.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';

// Two users of one machine stand for two hosts: each has its own state directory, and so its own lock.
const servers: Sshd[] = [];
let folder = '';
const at = (name: string): string => join(folder, name);
const plan = (): string => at('plan.json');
const text = (name: string): string => readFileSync(at(name), 'utf8');

beforeAll(async () => {
  const own = isRoot() ? { sudo: 'none' as const } : {};
  servers.push(await startSshd(own), await startSshd(own));
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troupe-saved-'));
  chmodSync(folder, 0o777);
  inventory({});
  project();
});
afterEach(() => rmSync(folder, { recursive: true }));

function inventory(vars: Readonly<Record<string, string>>): void {
  const hosts = servers.map((server, index) => [
    `web${index + 1}`,
    {
      address: server.address,
      port: server.port,
      user: server.user,
      identity_file: server.identityFile,
      known_hosts_file: server.knownHostsFile,
    },
  ]);
  put('hosts.yml', JSON.stringify({ all: { vars, hosts: Object.fromEntries(hosts) } }));
}

function put(name: string, content: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
}

/** A playbook with a role: a template, a file, a command whose register is known only when applied, and a handler. */
function project(tasks = ''): void {
  put('project/site.yml', '- hosts: all\n  roles: [page]\n');
  put(
    'project/roles/page/tasks/main.yml',
    `- template: {src: page.hbs, dest: '${folder}/{{inventory_hostname}}.html'}
  notify: tell
- copy: {src: logo, dest: '${folder}/{{inventory_hostname}}.logo', mode: '0640'}
- command: hostname
  register: said
- name: Name
  copy: {content: '{{said.stdout}}', dest: '${folder}/{{inventory_hostname}}.name'}
${tasks}`,
  );
  put(
    'project/roles/page/handlers/main.yml',
    `- name: tell\n  shell: echo told >>${folder}/{{inventory_hostname}}.told\n`,
  );
  put('project/roles/page/templates/page.hbs', 'Page of {{inventory_hostname}}, {{default greeting "hi"}}\n');
  put('project/roles/page/files/logo', '\u0000logo');
}

const save = async (...more: readonly string[]) => {
  const ran = await play('plan', at('project/site.yml'), '-i', at('hosts.yml'), '--out', plan(), ...more);
  expect(ran.failures).toEqual([]);
  return ran;
};
const apply = (...more: readonly string[]) => play('apply', plan(), '-i', at('hosts.yml'), ...more);
const drifted = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line): Event => JSON.parse(line))
    .filter((event) => event.event === 'host_drifted');

describe('a saved plan', () => {
  test('is applied as it is, with neither playbook nor roles', async () => {
    const planned = await save();
    expect(planned.status).toBe(2);
    rmSync(at('project'), { recursive: true });
    const applied = await apply();
    expect(applied.failures).toEqual([]);
    expect(applied.status).toBe(0);
    const known = planned.changes.filter((line) => !line.endsWith('| unknown'));
    expect(applied.changes.filter((line) => known.includes(line))).toEqual(known);
    expect(text('web1.html')).toBe('Page of web1, hi\n');
    expect(text('web2.logo')).toBe('\u0000logo');
    expect(text('web1.name')).not.toBe('');
    expect(text('web2.told')).toBe('told\n');
  });

  test('holds a large file by its hash, and sends it where it still lies', async () => {
    const image = 'project/files/image';
    const large = 'a'.repeat(2 * 1024 * 1024);
    project(`- copy: {src: image, dest: '${folder}/{{inventory_hostname}}.image'}\n`);
    put(image, large);
    await save();
    expect(text('plan.json').length).toBeLessThan(large.length);
    put(image, large.replace('a', 'b'));
    const other = await apply();
    expect(other.status).toBe(3);
    expect(other.stderr).toContain('error[plan-file-changed]');
    rmSync(at(image));
    const gone = await apply();
    expect(gone.status).toBe(3);
    expect(gone.stderr).toContain('error[plan-file-gone]');
    expect(existsSync(at('web1.html'))).toBe(false);
    put(image, large);
    expect(await apply()).toMatchObject({ status: 0, failures: [] });
    expect(text('web2.image')).toBe(large);
  }, 60_000);

  test('is printed by show as plan printed it, and is for its owner only', async () => {
    const { stdout } = await save();
    const shown = await troupe('show', plan(), '--format', 'json');
    expect(shown.stdout).toBe(stdout);
    const plain = await troupe('show', plan());
    expect(plain.stdout).toContain('+Page of web1, hi');
    expect(plain.stdout).toContain('known only when applied');
    expect(plain.status).toBe(0);
  });

  test('refuses a host that has drifted, shows how, and changes none', async () => {
    await save();
    put('web1.html', 'by hand\n');
    const applied = await apply();
    expect(applied.status).toBe(1);
    expect(drifted(applied.stdout)).toMatchObject([
      {
        host: 'web1',
        diagnostic: { code: 'drifted' },
        drift: [{ task: { module: 'template' }, changes: [{ after: { text: 'by hand\n' } }] }],
      },
    ]);
    expect(existsSync(at('web2.html'))).toBe(false);
    expect(text('web1.html')).toBe('by hand\n');
  });

  test('applies to the others with --partial', async () => {
    await save();
    put('web1.html', 'by hand\n');
    const applied = await apply('--partial');
    expect(applied.status).toBe(1);
    expect(text('web1.html')).toBe('by hand\n');
    expect(text('web2.html')).toBe('Page of web2, hi\n');
    expect(applied.recap?.hosts.web1).toMatchObject({ changed: 0, failed: 1 });
  });

  test('refuses a host that somebody else has brought where the plan goes', async () => {
    await save();
    put('web2.html', 'Page of web2, hi\n');
    const applied = await apply();
    expect(applied.status).toBe(1);
    expect(drifted(applied.stdout).map(({ host }) => host)).toEqual(['web2']);
  });

  test.each([
    ['a changed byte', (old: string) => old.replace('Page of', 'Rage of'), 'plan-altered'],
    ['a file that was cut off', (old: string) => old.slice(0, -100), 'plan-altered'],
    [
      'another version',
      (old: string) => old.replace(/"troupe": "[^"]*"/, '"troupe": "9.9.9"'),
      'plan-of-another-version',
    ],
    ['no plan at all', () => '{}', 'no-plan-file'],
  ])('is refused with %s', async (_name, alter, code) => {
    await save();
    put('plan.json', alter(text('plan.json')));
    for (const ran of [await apply(), await troupe('show', plan())]) {
      expect(ran.status).toBe(3);
      expect(ran.stderr).toContain(`error[${code}]`);
      expect(ran.stderr).toMatch(/^ {2}help: /m);
    }
    expect(existsSync(at('web1.html'))).toBe(false);
  });

  test('is refused with another inventory', async () => {
    await save();
    inventory({ greeting: 'bye' });
    const applied = await apply();
    expect(applied.status).toBe(3);
    expect(applied.stderr).toContain('error[plan-of-another-inventory]');
    expect(existsSync(at('web1.html'))).toBe(false);
  });

  test('has no value of -e, and wants the same again', async () => {
    await save('-e', 'greeting=S3cret-word');
    const { extra_vars: kept } = JSON.parse(text('plan.json'));
    expect(kept.names).toEqual(['greeting']);
    expect((await apply()).stderr).toContain('error[other-extra-vars]');
    expect((await apply('-e', 'greeting=other')).status).toBe(3);
    expect((await apply('-e', 'greeting=S3cret-word')).status).toBe(0);
    expect(text('web1.html')).toBe('Page of web1, S3cret-word\n');
  });

  test('has nothing of a task with no_log, and applies it all the same', async () => {
    project(
      `- copy: {content: '{{password}}', dest: '${folder}/{{inventory_hostname}}.secret'}\n  no_log: true`,
    );
    inventory({ password: 'S3cret-word' });
    await save();
    expect(text('plan.json')).not.toContain('S3cret-word');
    expect((await apply()).status).toBe(0);
    expect(text('web1.secret')).toBe('S3cret-word');
  });

  test('keeps what --limit and --tags chose, and takes no other', async () => {
    await save('--limit', 'web2');
    expect((await apply('--limit', 'web1')).stderr).toContain('error[decided-by-the-plan]');
    expect((await apply()).status).toBe(0);
    expect(existsSync(at('web1.html'))).toBe(false);
    expect(text('web2.html')).toBe('Page of web2, hi\n');
  });

  test('is not saved where planning failed', async () => {
    project('- fail: {msg: no}\n');
    const ran = await play('plan', at('project/site.yml'), '-i', at('hosts.yml'), '--out', plan());
    expect(ran.status).toBe(1);
    expect(existsSync(plan())).toBe(false);
    expect(ran.stderr).toContain('was not written');
  });
});
