import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { play } from '../cli/troupe.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';

const asRoot = isRoot() ? describe : describe.skip;

/** Everything that a plan could leave behind for a user, with what a write would alter: sizes, owners, times of change. */
const snapshot = (...roots: readonly string[]): string =>
  execFileSync(
    'sh',
    ['-c', 'find "$@" -xdev -printf "%p %y %m %U %G %s %T@ %C@\\n" 2>/dev/null | sort', 'sh', ...roots],
    { encoding: 'utf8', maxBuffer: 1e9 },
  );

asRoot('a user that may read but not write', () => {
  let sshd: Sshd;
  let folder = '';
  let home = '';
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    sshd = await startSshd({ sudo: 'none' });
    home = execFileSync('sh', ['-c', `eval echo ~${sshd.user}`], { encoding: 'utf8' }).trim();
    folder = mkdtempSync(join(tmpdir(), 'troupe-reader-'));
    chmodSync(folder, 0o755);
    writeFileSync(at('settings'), 'one\ntwo\n', { mode: 0o644 });
    writeFileSync(at('secret'), 'hidden\n', { mode: 0o600 });
    const { address, port, user, identityFile, knownHostsFile } = sshd;
    const web1 = { address, port, user, identity_file: identityFile, known_hosts_file: knownHostsFile };
    writeFileSync(at('hosts.yml'), JSON.stringify({ all: { hosts: { web1 } } }));
  });
  afterAll(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (tasks: string): void =>
    writeFileSync(at('site.yml'), `- hosts: all\n  tasks:\n${tasks.trimEnd().replace(/^/gm, '    ')}\n`);
  const plan = () => play('plan', at('site.yml'), '-i', at('hosts.yml'));

  const EVERYTHING = (at: (name: string) => string) => `
- {name: asked, shell: {cmd: "touch ${at('made')}", unless: grep -q one ${at('settings')}}}
- {name: folder, file: {path: ${at('new')}, state: directory, mode: "0750"}}
- {name: page, copy: {dest: ${at('new/page')}, content: hello, owner: root}}
- {name: setting, lineinfile: {path: ${at('settings')}, line: three}}
- {name: mode, file: {path: ${at('settings')}, mode: "0600"}}
- {name: hosts, hosts_entry: {address: 192.0.2.77, names: plan-as-reader}}
- {name: kernel, sysctl: {name: net.ipv4.ip_forward, value: 1}}
- {name: guarded, command: {cmd: touch ${at('made')}, creates: ${at('made')}}}
- {name: asked later, shell: {cmd: "touch ${at('made')}", unless: grep -q one ${at('settings')}}}
- {name: look, stat: {path: ${at('settings')}}, register: looked}
- {name: use, when: looked.stat.exists, copy: {dest: ${at('copy')}, content: x}}
`;

  test('plans all that reading suffices for, and leaves nothing behind', async () => {
    const roots = ['/etc', '/usr', '/srv', '/opt', '/var/lib', '/var/cache', '/var/tmp', folder, home];
    write(EVERYTHING(at));
    const before = snapshot(...roots);
    const planned = await plan();
    expect(planned.failures).toEqual([]);
    expect(planned.status).toBe(2);
    expect(snapshot(...roots)).toBe(before);
    expect(planned.changes).toEqual(
      expect.arrayContaining(['web1 | folder |  | changed', 'web1 | use |  | changed']),
    );
    // A guard is asked while nothing that it could see is to change; afterwards only the apply can tell.
    const statusOf = (label: string) => planned.finished.find(({ task }) => task.label === label)?.status;
    expect([statusOf('asked'), statusOf('asked later')]).toEqual(['ok', 'unknown']);
  });

  test('is told of the one task that needs to become root', async () => {
    write(
      `- {name: open, copy: {dest: ${at('x')}, content: x}}\n- {name: closed, copy: {dest: ${at('secret')}, content: x}}\n`,
    );
    const planned = await plan();
    expect(planned.status).toBe(1);
    expect(planned.finished.map(({ task, status }) => [task.label, status])).toEqual([
      ['open', 'changed'],
      ['closed', 'failed'],
    ]);
    const { diagnostic } = planned.finished[1] ?? {};
    expect(diagnostic?.summary).toContain('secret');
    expect(diagnostic?.help).toContain('become: true');
  });

  test('would have been seen writing: an apply is', async () => {
    const before = snapshot(folder, home);
    writeFileSync(at('write.yml'), `- {hosts: all, tasks: [{file: {path: ${home}/made, state: touch}}]}\n`);
    expect((await play('apply', at('write.yml'), '-i', at('hosts.yml'))).status).toBe(0);
    const after = snapshot(folder, home);
    expect(after).not.toBe(before);
    expect(after).toContain(`${home}/made`);
    expect(after).toContain(`${home}/.local/state/troupe`);
  });
});
