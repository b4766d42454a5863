import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/hosts/connect.ts';
import type { ConnectOptions, Host, Target } from '../../src/model/host.ts';
import { capture, readFile } from '../../src/model/probe-makers.ts';
import { run } from '../../src/model/step.ts';
import { act, ask } from '../sshd/ask.ts';
import { isRoot, type Sshd, type SshdOptions, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';

const PLAN: ConnectOptions = { lock: false, holder: '', users: ['root'] };
let sshd: Sshd | undefined;
const open: Host[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
  await sshd?.stop();
  sshd = undefined;
});

async function start(options: SshdOptions): Promise<Sshd> {
  sshd = await startSshd(options);
  return sshd;
}
async function reach(target: Target, options = PLAN): Promise<Host> {
  const host = await connect(target, options);
  open.push(host);
  return host;
}
const refused = (summary: string, help: string) => ({
  diagnostics: [
    {
      code: 'become-refused',
      severity: 'error',
      host: 'web1',
      summary: expect.stringContaining(summary),
      help: expect.stringContaining(help),
    },
  ],
});

// Another user and sudoers can only be made by root.
(isRoot() ? describe : describe.skip)('becoming root', () => {
  test('works without a password', async () => {
    const server = await start({ sudo: 'nopasswd' });
    const { facts, shell } = await reach(targetFor(server));
    expect(await ask(await shell('root'), capture('id', '-un'))).toMatchObject({ stdout: 'root\n' });
    expect(facts).toMatchObject({ user: server.user, uid: expect.any(Number) });
    expect(facts.uid).not.toBe(0);
  });

  test('works with a password, which the shell never takes for a command', async () => {
    const server = await start({ sudo: 'password' });
    const { shell } = await reach(targetFor(server, { becomePassword: server.password }));
    expect(await ask(await shell('root'), capture('id', '-u'))).toMatchObject({ stdout: '0\n' });
  });

  test('does not send a password that nobody asked for', async () => {
    const server = await start({ sudo: 'nopasswd' });
    const marker = `/tmp/troupe-${server.user}`;
    const { shell } = await reach(targetFor(server, { becomePassword: `touch ${marker}` }));
    expect(await ask(await shell('root'), readFile(marker))).toEqual({ exists: false });
  });

  test.each([
    ['use_pty', 'Defaults:USER use_pty'],
    ['no use_pty', 'Defaults:USER !use_pty'],
  ])('keeps bytes as they are with %s', async (_name, line) => {
    const server = await start({ sudo: 'password', sudoers: [line] });
    const { shell } = await reach(targetFor(server, { becomePassword: server.password }));
    const root = await shell('root');
    const all = new Uint8Array(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
    const path = `/tmp/troupe-${server.user}`;
    expect(await act(root, { kind: 'writeFile', path, content: all })).toMatchObject({ ok: true });
    expect((await ask(root, readFile(path))).content).toEqual(all);
    expect(await act(root, { kind: 'remove', path })).toMatchObject({ ok: true });
    expect(await act(root, run(['sleep', '1000'], { timeoutMs: 100 }))).toMatchObject({ timedOut: true });
    expect(await ask(root, capture('id', '-u'))).toMatchObject({ stdout: '0\n' });
  });

  test('says that the password is wrong', async () => {
    const server = await start({ sudo: 'password' });
    await expect(reach(targetFor(server, { becomePassword: 'wrong' }))).rejects.toMatchObject(
      refused('the password is wrong', 'become_password'),
    );
  });

  test('says how to give a password where one is asked for', async () => {
    const server = await start({ sudo: 'password' });
    await expect(reach(targetFor(server))).rejects.toMatchObject(
      refused('sudo asks for a password', '--ask-become-pass'),
    );
  });

  test('says that the user is not in sudoers', async () => {
    const server = await start({ sudo: 'none' });
    await expect(reach(targetFor(server, { becomePassword: server.password }))).rejects.toMatchObject(
      refused('not in sudoers', 'sudoers.d'),
    );
  });

  test('says what requiretty is', async () => {
    const server = await start({ sudo: 'nopasswd', sudoers: ['Defaults:USER requiretty'] });
    await expect(reach(targetFor(server))).rejects.toMatchObject(refused('requiretty', '!requiretty'));
  });

  test('says that there is no such user', async () => {
    const server = await start({ sudo: 'nopasswd' });
    await expect(reach(targetFor(server), { ...PLAN, users: ['no-such-user'] })).rejects.toMatchObject(
      refused('no such user', 'become_user'),
    );
  });

  test('says that sudo is missing', async () => {
    const server = await start({ sudo: 'nopasswd', config: ['SetEnv PATH=/nowhere'] });
    await expect(reach(targetFor(server), PLAN)).rejects.toMatchObject({
      diagnostics: [{ code: 'become-refused' }],
    });
  });

  test('works from the login shells bash and dash, and from two shells on one connection', async () => {
    const server = await start({ sudo: 'nopasswd', loginShell: '/bin/bash' });
    const { shell } = await reach(targetFor(server), { ...PLAN, users: ['', 'root'] });
    const [me, root] = await Promise.all([shell(), shell('root')]);
    const [mine, roots] = await Promise.all([ask(me, capture('id', '-un')), ask(root, capture('id', '-un'))]);
    expect([mine.stdout, roots.stdout]).toEqual([`${server.user}\n`, 'root\n']);
    expect(server.log().match(/Accepted publickey/g)).toHaveLength(1);
    expect(await shell(server.user)).toBe(me);
  });

  test('needs no sudo where root logged in', async () => {
    const server = await start({});
    const { shell } = await reach(targetFor(server), PLAN);
    expect(await ask(await shell('root'), capture('sh', '-c', 'echo "$SUDO_USER"'))).toMatchObject({
      stdout: '\n',
    });
    expect(await shell('root')).toBe(await shell());
  });
});
