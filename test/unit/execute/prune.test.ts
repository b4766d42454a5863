import { describe, expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import type { Files } from '../compile/compiled.ts';
import { ran } from './ran.ts';

/** A project whose role makes a file for each name, and what else it is given. */
const pages = (names: string, more = '', uses = '[{role: pages, prune: true}]'): Files => ({
  'site.yml': `- hosts: all\n  vars: {names: ${names}}\n  roles: ${uses}\n`,
  'roles/pages/tasks/main.yml': `
- {name: page, copy: {dest: "/srv/{{item}}", content: "{{item}}"}, loop: "{{names}}"}
${more}`,
});
const web1 = () => new FakeHost({ sysctls: { 'net.ipv4.ip_forward': '0' } });
const PRUNED = 'web1 pages : remove what it no longer manages';

describe('a role with prune: true', () => {
  test('removes what it no longer mentions, shows it in the plan, and then has nothing to do', async () => {
    const host = web1();
    await ran('apply', pages('[a, b]'), { web1: host });
    const planned = await ran('plan', pages('[b]'), { web1: host });
    expect(planned.lines).toEqual([`web1 pages : page (b) ok`, `${PRUNED} (file: /srv/a) changed`]);
    expect(planned.finished.at(-1)?.changes).toMatchObject([{ sign: '-', field: 'state' }]);
    expect(host.text('/srv/a')).toBe('a');
    const applied = await ran('apply', pages('[b]'), { web1: host });
    expect(applied.lines).toEqual(planned.lines);
    expect(host.text('/srv/a')).toBeUndefined();
    expect(host.text('/srv/b')).toBe('b');
    expect((await ran('plan', pages('[b]'), { web1: host })).recap.exit).toBe(0);
  });

  test('takes up what was there already, and writes nothing down in a plan', async () => {
    const host = new FakeHost({ files: { '/srv/a': 'a', '/srv/b': 'b' } });
    await ran('plan', pages('[a, b]'), { web1: host });
    expect(host.actions).toEqual([]);
    await ran('apply', pages('[a, b]'), { web1: host });
    expect((await ran('apply', pages('[a]'), { web1: host })).lines).toContain(
      `${PRUNED} (file: /srv/b) changed`,
    );
  });

  test('takes away settings as their module does', async () => {
    const host = web1();
    const setting = '- {name: forward, when: forward, sysctl: {name: net.ipv4.ip_forward, value: 1}}';
    const of = (forward: boolean): Files => ({
      ...pages('[a]', setting),
      'roles/pages/defaults/main.yml': `forward: ${forward}\n`,
    });
    await ran('apply', of(true), { web1: host });
    const applied = await ran('apply', of(false), { web1: host });
    expect(applied.lines.at(-1)).toBe(`${PRUNED} (sysctl: net.ipv4.ip_forward) changed`);
    expect(host.text('/etc/sysctl.d/99-troupe-net.ipv4.ip_forward.conf')).toBeUndefined();
  });

  test('leaves what another task manages now, and what another playbook does', async () => {
    const host = web1();
    await ran('apply', pages('[a, b]'), { web1: host });
    const moved = pages('[b]');
    const files = {
      ...moved,
      'site.yml': `${moved['site.yml']}  post_tasks: [{copy: {dest: /srv/a, content: a}}]\n`,
    };
    expect((await ran('apply', files, { web1: host })).recap.hosts.web1?.changed).toBe(0);
    expect(host.text('/srv/a')).toBe('a');
  });

  test('tells no more of what a task with no_log made than that task did', async () => {
    const host = new FakeHost({ files: { '/srv/keys': '' } });
    const line = (secret: boolean): Files => ({
      ...pages('[]', '- {when: secret, no_log: true, lineinfile: {path: /srv/keys, line: S3cret}}'),
      'roles/pages/defaults/main.yml': `secret: ${secret}\n`,
    });
    await ran('apply', line(true), { web1: host });
    expect(host.text('/srv/keys')).toContain('S3cret');
    const planned = await ran('plan', line(false), { web1: host });
    expect(planned.lines.at(-1)).toBe(`${PRUNED} (lineinfile: /srv/keys) changed`);
    expect(JSON.stringify(planned.events)).not.toContain('S3cret');
  });

  test('waits for its last use', async () => {
    const host = web1();
    const uses = '[{role: pages, names: [a], prune: true}, {role: pages, names: [b], prune: true}]';
    await ran('apply', pages('[]', '', uses), { web1: host });
    const again = await ran('apply', pages('[]', '', uses), { web1: host });
    expect(again.recap.hosts.web1?.changed).toBe(0);
    expect(host.text('/srv/a')).toBe('a');
  });

  test('does not guess where a task is known only when applied', async () => {
    const host = web1();
    await ran('apply', pages('[a]', '- {name: more, copy: {dest: /srv/c, content: c}}'), { web1: host });
    const asks = `- {name: ask, command: hostname, register: said}
- {name: more, copy: {dest: "/srv/{{said.stdout}}", content: c}}`;
    const planned = await ran('plan', pages('[a]', asks), { web1: host });
    expect(planned.lines.at(-1)).toMatch(/unknown$/);
    expect(planned.finished.at(-1)?.reason).toContain('may still be managed');
  });

  test('removes nothing where only some of the tasks are run', async () => {
    const host = web1();
    await ran('apply', pages('[a, b]'), { web1: host });
    const part = await ran('apply', pages('[b]'), { web1: host }, { asked: { skipTags: ['x'] } });
    expect(part.lines).toEqual(['web1 pages : page (b) ok']);
  });

  test('remembers what it was about to make when it is cut off', async () => {
    const host = new FakeHost({
      outcome: (action) => (action.kind === 'writeFile' && action.path === '/srv/b' ? { rc: 1 } : undefined),
    });
    await ran('apply', pages('[a, b]'), { web1: host });
    expect(host.text('/var/lib/troupe/manifest.json')).toContain('/srv/b');
  });

  test('says what to do about a manifest that is broken', async () => {
    const host = new FakeHost({ files: { '/var/lib/troupe/manifest.json': '{' } });
    const applied = await ran('apply', pages('[a]'), { web1: host });
    expect(applied.recap.exit).toBe(1);
    expect(applied.finished[0]?.diagnostic?.code).toBe('manifest-broken');
    expect(host.text('/srv/a')).toBeUndefined();
  });
});
