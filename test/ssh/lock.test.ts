import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/hosts/connect.ts';
import type { ConnectOptions, Host, PendingHandler } from '../../src/model/host.ts';
import { capture, stat } from '../../src/model/probe-makers.ts';
import { run } from '../../src/model/step.ts';
import { act, ask, sendAll } from '../sshd/ask.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';

const apply = (holder: string): ConnectOptions => ({ lock: true, holder, users: [] });
const PLAN: ConnectOptions = { lock: false, holder: '', users: [] };

// A user of its own: its home holds the state, and nobody's real state is touched.
(isRoot() ? describe : describe.skip)('state on the host', () => {
  let sshd: Sshd;
  let state = '';
  beforeAll(async () => {
    sshd = await startSshd({ sudo: 'nopasswd' });
    state = `/home/${sshd.user}/.local/state/troupe`;
  });
  afterAll(() => sshd.stop());
  const reach = (options: ConnectOptions): Promise<Host> => connect(targetFor(sshd), options);

  test('a plan writes nothing', async () => {
    const host = await reach(PLAN);
    expect(await ask(await host.shell(), stat(`/home/${sshd.user}/.local`))).toEqual({ exists: false });
    await host.close();
  });

  test('two applies never meet, and the second learns who is there; a plan may', async () => {
    const first = await reach(apply('ann@desk, troupe apply site.yml'));
    await expect(reach(apply('bob'))).rejects.toMatchObject({
      diagnostics: [{ code: 'locked', summary: expect.stringContaining('ann@desk, troupe apply site.yml') }],
    });
    await (await reach(PLAN)).close();
    await first.close();
    const second = await reach(apply('bob'));
    expect(readFileSync(`${state}/lock`, 'utf8')).toBe('bob\n');
    await second.close();
  });

  test('a daemon that an apply started does not keep the lock once it is over', async () => {
    const first = await reach(apply('ann'));
    const shell = await first.shell();
    const daemon = await act(shell, run(['sh', '-c', 'setsid sleep 100 >/dev/null 2>&1 & echo $!']));
    await first.close();
    await (await reach(apply('bob'))).close();
    process.kill(Number(daemon.stdout));
  });

  test('nor does a daemon of a program that only read', async () => {
    const first = await reach(apply('ann'));
    const daemon = ['sh', '-c', 'setsid sleep 100 >/dev/null 2>&1 & echo $!'];
    const { stdout } = await ask(await first.shell(), capture(...(daemon as [string, ...string[]])));
    await first.close();
    await (await reach(apply('bob'))).close();
    process.kill(Number(stdout));
  });

  test('handlers that are kept are found by the next run, and forgotten when there are none', async () => {
    const pending: readonly PendingHandler[] = [
      { playbook: 'site.yml', role: "o'web", name: 'restart\n"it"' },
    ];
    const first = await reach(apply('ann'));
    const shell = await first.shell();
    expect(shell.pendingHandlers).toEqual([]);
    const kept = await sendAll(shell, shell.keepHandlers(pending));
    expect([...kept.outcomes.values()].every(({ ok }) => ok)).toBe(true);
    expect(await ask(shell, stat(`${state}/pending.json`))).toMatchObject({ mode: 0o600 });
    await first.close();
    const second = await reach(apply('bob'));
    const again = await second.shell();
    expect(again.pendingHandlers).toEqual(pending);
    await sendAll(again, again.keepHandlers([]));
    expect(await ask(again, capture('ls', state))).toMatchObject({ stdout: 'lock\n' });
    await second.close();
  });
});
