import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ValueMap } from '../../src/model/value.ts';
import { play, troupe } from '../cli/troupe.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';

const BIN = fileURLToPath(new URL('../../bin/troupe', import.meta.url));
let sshd: Sshd;
let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troupe-cli-'));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true }));

const reachable = (server: Sshd = sshd): ValueMap => ({
  address: server.address,
  port: server.port,
  user: server.user,
  identity_file: server.identityFile,
  known_hosts_file: server.knownHostsFile,
});
const hosts = (vars: Readonly<Record<string, ValueMap>>): void =>
  writeFileSync(at('hosts.yml'), JSON.stringify({ all: { children: { web: { hosts: vars } } } }));
const site = (text: string): void => writeFileSync(at('site.yml'), text);
const run = (verb: string, ...more: readonly string[]) =>
  troupe(verb, at('site.yml'), '-i', at('hosts.yml'), ...more);

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

const PAGE = (path: string) => `- hosts: web\n  tasks: [{copy: {dest: ${path}, content: done}}]\n`;

describe('wrong input ends before a host is touched', () => {
  test.each<[name: string, playbook: string, code: string, place: string, help: string]>([
    ['an unknown host pattern', '- hosts: wbe\n  tasks: []\n', 'unknown-host-pattern', '1:10', '"web"'],
    [
      'a misspelt module',
      '- hosts: web\n  tasks:\n    - copyy: {dest: /x}\n',
      'unknown-module',
      '3:7',
      '"copy"',
    ],
    [
      'a misspelt parameter',
      '- hosts: web\n  tasks:\n    - copy: {dets: /x, content: y}\n',
      'unknown-parameter',
      '3:14',
      '"dest"',
    ],
    [
      'a misspelt variable',
      '- hosts: web\n  vars: {name: x}\n  tasks:\n    - copy: {dest: "/{{nmae}}", content: y}\n',
      'undefined-variable',
      '4:20',
      '"name"',
    ],
    ['bad YAML', '- hosts: web\n  tasks: [{\n', 'yaml-syntax', '3:1', 'Flow map'],
  ])('%s', async (_name, playbook, code, place, help) => {
    hosts({ web1: { address: '192.0.2.1' } });
    site(playbook);
    for (const verb of ['check', 'plan', 'apply']) {
      const ran = await run(verb);
      expect(ran.status).toBe(3);
      expect(ran.stderr).toContain(`error[${code}]`);
      expect(ran.stderr).toContain(`site.yml:${place}`);
      expect(ran.stderr).toMatch(/^ {2}help: /m);
      expect(ran.stderr).toContain(help);
      expect(ran.stderr).not.toMatch(/\n\s+at /);
      expect(ran.stderr.match(/^error/gm)).toHaveLength(1);
    }
  });

  test.each<[name: string, args: readonly string[], message: string]>([
    [
      'a playbook that is not there',
      ['apply', 'none.yml', '-i', 'inventory/lab-dr.yml'],
      'error[file-unreadable]: Cannot read',
    ],
    [
      'an inventory that is not there',
      ['apply', 'playbooks/lvs-dr.yml', '-i', 'none.yml'],
      'There is no inventory',
    ],
    [
      'an unknown option',
      ['apply', 'x.yml', '-i', 'x.yml', '--frks', '3'],
      "error[usage]: Unknown option '--frks'.\n  help: Did you mean --forks?",
    ],
    [
      'an unknown command',
      ['aply', 'x.yml'],
      "error[usage]: Unknown command 'aply'.\n  help: Did you mean apply?",
    ],
    [
      'a limit without a host',
      ['plan', 'playbooks/lvs-dr.yml', '-i', 'inventory/lab-dr.yml', '-l', 'none'],
      'error[unknown-host-pattern]',
    ],
    [
      'an extra variable without a value',
      ['plan', 'playbooks/lvs-dr.yml', '-i', 'inventory/lab-dr.yml', '-e', 'x'],
      'error[extra-vars]',
    ],
    ['a lab that is not described', ['lab', 'up', '-i', 'inventory/example.yml'], 'error[no-lab]'],
    ['an unknown module to explain', ['module', 'copyy'], 'error[unknown-module]'],
  ])('%s', async (_name, args, message) => {
    const ran = await troupe(...args);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).toContain('help: ');
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a host that fails leaves the others unharmed', () => {
  async function oneFails(web1: ValueMap, code: string, said: string, help: RegExp): Promise<void> {
    hosts({ web1, web2: reachable() });
    site(PAGE(at('page')));
    const ran = await run('apply');
    expect(ran.status).toBe(1);
    expect(ran.stdout + ran.stderr).toContain(`error[${code}]`);
    expect(ran.stdout + ran.stderr).toContain(said);
    expect(ran.stdout + ran.stderr).toMatch(help);
    expect(ran.stdout + ran.stderr).not.toMatch(/\n\s+at /);
    expect(readFileSync(at('page'), 'utf8')).toBe('done');
  }

  test('unreachable', async () => {
    const port = await closedPort();
    await oneFails({ ...reachable(), port }, 'unreachable', 'connection refused', /help: .*ssh -p/);
  });

  test('no name', () =>
    oneFails(
      { ...reachable(), address: 'no-such-host.invalid' },
      'unreachable',
      'no-such-host.invalid',
      /help: /,
    ));

  test('a key that the server does not take', async () => {
    const other = await startSshd();
    try {
      await oneFails(
        { ...reachable(), identity_file: other.identityFile },
        'auth-refused',
        'web1',
        /help: .*identity_file/,
      );
    } finally {
      await other.stop();
    }
  });

  test('a host key that has changed', async () => {
    const other = await startSshd();
    try {
      const changed = at('known_hosts');
      const key = readFileSync(other.knownHostsFile, 'utf8').replaceAll(
        String(other.port),
        String(sshd.port),
      );
      writeFileSync(changed, key);
      await oneFails(
        { ...reachable(), known_hosts_file: changed },
        'host-key-changed',
        'changed',
        /help: .*ssh-keygen -f .* -R/,
      );
    } finally {
      await other.stop();
    }
  });

  (isRoot() ? test : test.skip)('a wrong password for sudo', async () => {
    const other = await startSshd({ sudo: 'password' });
    try {
      hosts({
        web1: { ...reachable(other), become: true, become_password: 'wrong' },
        web2: reachable(),
      });
      site(PAGE(at('page')));
      const ran = await run('apply');
      expect(ran.status).toBe(1);
      expect(ran.stdout + ran.stderr).toContain('error[become-refused]');
      expect(ran.stdout + ran.stderr).toContain('the password is wrong');
      expect(ran.stdout + ran.stderr).toContain('--ask-become-pass');
      expect(readFileSync(at('page'), 'utf8')).toBe('done');
    } finally {
      await other.stop();
    }
  });

  // A user of its own, because one apply at a time may change a host.
  (isRoot() ? test : test.skip)('a task that fails', async () => {
    const other = await startSshd({ sudo: 'none' });
    hosts({ web1: { ...reachable(other), broken: true }, web2: { ...reachable(), broken: false } });
    site(`- hosts: web
  tasks:
    - {when: broken, command: "false"}
    - {copy: {dest: "${folder}/{{inventory_hostname}}", content: done}}
`);
    const ran = await play('apply', at('site.yml'), '-i', at('hosts.yml'));
    expect(ran.status).toBe(1);
    expect(ran.failures).toEqual([expect.stringContaining('exited with 1')]);
    await other.stop();
    expect([existsSync(at('web1')), existsSync(at('web2'))]).toEqual([false, true]);
  });
});

describe('exit statuses and output', () => {
  test('plan 2, apply 0, plan 0; JSON ends with the recap', async () => {
    hosts({ web1: reachable() });
    site(PAGE(at('page')));
    const seen = [];
    for (const verb of ['plan', 'apply', 'plan'] as const) {
      const ran = await play(verb, at('site.yml'), '-i', at('hosts.yml'));
      expect(JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
        event: 'recap',
        mode: verb,
      });
      seen.push(ran.status);
    }
    expect(seen).toEqual([2, 0, 0]);
  });

  test('exec folds equal answers, and fails where the command did', async () => {
    hosts({ web1: reachable(), web2: reachable(), web3: { ...reachable(), port: await closedPort() } });
    const ran = await troupe('exec', 'web', '-i', at('hosts.yml'), '--', 'echo same; exit 3');
    expect(ran.stdout).toContain('web1, web2 (exit status 3)\n  same\n');
    expect(ran.stdout).toMatch(/web3: unreachable\n {2}127\.0\.0\.1:\d+ cannot be reached/);
    expect(ran.status).toBe(1);
  });

  test('exec asks as many hosts at the same time as --forks says, and tells them in their order', async () => {
    const names = ['web1', 'web2', 'web3', 'web4'];
    hosts(Object.fromEntries(names.map((name) => [name, reachable()])));
    // Each leaves a file while it is asked, and tells how many there are.
    const meanwhile = `f=${at('asked')}.$$; touch "$f"; sleep 0.1; ls ${at('asked')}.* | wc -l; rm "$f"`;
    const ran = await troupe('exec', 'web', '-i', at('hosts.yml'), '--forks', '1', '--', meanwhile);
    expect(ran.stdout).toBe('web1, web2, web3, web4\n  1\n');
    expect(ran.status).toBe(0);
  });

  // Of ssh2, the bundle has its own copy of this cipher where native code is missing: scripts/build.mjs.
  test.each([
    ['with what native code there is', []],
    ['without native code', ['--no-addons']],
  ])('the built program reaches a server that knows ChaCha20-Poly1305 only, %s', async (_, options) => {
    const server = await startSshd({ config: ['Ciphers chacha20-poly1305@openssh.com'] });
    hosts({ web1: reachable(server) });
    site(PAGE(at('page')));
    const child = spawn(process.execPath, [...options, BIN, 'apply', at('site.yml'), '-i', at('hosts.yml')]);
    const status = await new Promise((resolve) => child.on('close', resolve));
    await server.stop();
    expect(status).toBe(0);
    expect(readFileSync(at('page'), 'utf8')).toBe('done');
  });

  test('an interrupt ends with 130, and leaves nothing running on the host', async () => {
    hosts({ web1: reachable() });
    site(
      `- hosts: web\n  tasks:\n    - shell: echo $$ >${at('pid')}; exec sleep 1000\n    - command: touch ${at('after')}\n`,
    );
    const args = [BIN, 'apply', at('site.yml'), '-i', at('hosts.yml')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.on('close', resolve));
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    // Where it ends by itself there is nothing more to wait for.
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
      if (!isSo()) throw new Error(`It ended by itself, with ${child.exitCode}: ${said}`);
    };
    await until(() => existsSync(at('pid')) && readFileSync(at('pid'), 'utf8').endsWith('\n'));
    const pid = readFileSync(at('pid'), 'utf8').trim();
    child.kill('SIGINT');
    await until(() => said.includes('Once more to end at once'));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    while (existsSync(`/proc/${pid}`)) await new Promise(setImmediate);
    expect(existsSync(at('after'))).toBe(false);
  });
});
