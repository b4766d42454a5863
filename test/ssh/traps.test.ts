import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host, Shell } from '../../src/model/host.ts';
import { capture, stat } from '../../src/model/probe-makers.ts';
import { run } from '../../src/model/step.ts';
import { act, ask, askAll, sendAll } from '../sshd/ask.ts';
import { testShells } from '../sshd/shells.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { temporaryFolder } from '../temporary.ts';
import { until } from '../until.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd(isRoot() ? { sudo: 'nopasswd' } : {});
});
afterAll(() => sshd.stop());

const alive = (pid: number): boolean => {
  try {
    // A zombie that nobody has buried yet is dead.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
describe.each(testShells())('a shell in $name', ({ sh }) => {
  let host: Host;
  let shell: Shell;
  let folder = '';
  const at = (file: string): string => join(folder, file);
  const users = isRoot() ? ['root'] : [];
  const reach = (missedAfterS = 60): Promise<Host> =>
    connectSsh(targetFor(sshd), { lock: false, holder: '', users }, { sh, missedAfterS });

  beforeEach(async () => {
    folder = temporaryFolder('traps');
    chmodSync(folder, 0o777);
    host = await reach();
    shell = await host.shell(users[0]);
  });
  afterEach(() => host.close());

  test('ends a frame when its child ends, and drops what a daemon says later', async () => {
    const daemon = `(until [ -e ${at('go')} ]; do sleep 0.01; done; echo LATE; echo LATE >&2; : >${at('gone')}) & echo now`;
    expect(await act(shell, run(['sh', '-c', daemon]))).toMatchObject({ ok: true, stdout: 'now\n' });
    writeFileSync(at('go'), '');
    await until(() => existsSync(at('gone')));
    expect(await ask(shell, capture('echo', 'clean'))).toMatchObject({ stdout: 'clean\n', stderr: '' });
  });

  test('lets no secret into the arguments of a process', async () => {
    const secret = 'hunter2-and-more';
    const look = ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\000" " "'];
    const outcome = await act(shell, {
      kind: 'writeFile',
      path: at('secret'),
      content: Buffer.from(secret),
      mode: 0o600,
      validate: look,
    });
    const inRun = await act(shell, run(look, { env: { SECRET: secret }, stdin: secret }));
    expect(outcome.stdout).toContain('sshd');
    expect(outcome.stdout + inRun.stdout).not.toContain(secret);
  });

  test('goes on when a probe hangs, and reports just that one', async () => {
    const probes = [stat('/'), { ...capture('sleep', '1000'), timeoutMs: 100 }, capture('echo', 'after')];
    const answers = await askAll(shell, probes);
    expect(answers).toEqual([
      expect.objectContaining({ exists: true }),
      expect.objectContaining({ failed: 'timeout' }),
      expect.objectContaining({ stdout: 'after\n' }),
    ]);
  });

  test('is replaced when what hangs does not let itself be ended', async () => {
    const deaf = capture('sh', '-c', `trap "" TERM; echo $$ >${at('pid')}; while :; do sleep 1; done`);
    const answers = await askAll(shell, [{ ...deaf, timeoutMs: 100 }, capture('echo', 'after')]);
    expect(answers).toEqual([
      expect.objectContaining({ failed: 'timeout' }),
      expect.objectContaining({ stdout: 'after\n' }),
    ]);
    const pid = Number(readFileSync(at('pid'), 'utf8'));
    await until(() => !alive(pid));
  }, 20_000);

  test('answers requests one after another, however they are sent', async () => {
    const all = await Promise.all(['1', '2', '3'].map((n) => ask(shell, capture('echo', n))));
    expect(all.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n']);
  });

  test('survives a program that kills its own shell', async () => {
    const [outcome] = (await sendAll(shell, [run(['sh', '-c', 'kill -9 $PPID'])])).outcomes.values();
    expect(outcome).toMatchObject({ ok: expect.any(Boolean) });
    expect(await ask(shell, capture('echo', 'on'))).toMatchObject({ stdout: 'on\n' });
  });

  test('says that the connection is lost in the middle, and the watchdog ends what ran', async () => {
    const lost = shell.send({
      parts: [{ kind: 'action', id: 1, action: run(['sh', '-c', `echo $$ >${at('pid')}; exec sleep 1000`]) }],
    });
    const outcome = expect(lost).rejects.toMatchObject({
      diagnostics: [{ code: 'connection-lost', host: 'web1' }],
    });
    await until(() => existsSync(at('pid')) && readFileSync(at('pid'), 'utf8').endsWith('\n'));
    const pid = Number(readFileSync(at('pid'), 'utf8'));
    expect(alive(pid)).toBe(true);
    sshd.drop();
    await outcome;
    await until(() => !alive(pid));
    await expect(ask(shell, capture('true'))).rejects.toMatchObject({
      diagnostics: [{ code: 'connection-lost' }],
    });
  });

  test('ends what runs when no heartbeat comes', async () => {
    const silent = await reach(1);
    const lonely = await silent.shell(users[0]);
    const ended = act(lonely, run(['sleep', '1000'])).catch(() => ({ ok: false }));
    expect(await ended).toMatchObject({ ok: false });
    await silent.close();
  }, 20_000);

  test('ends between two requests, too, when no heartbeat comes', async () => {
    const silent = await reach(1);
    const lonely = await silent.shell(users[0]);
    // The shell of the loop: the request's own is its child.
    const { stdout } = await act(lonely, run(['sh', '-c', 'cut -d" " -f4 /proc/$PPID/stat']));
    await until(() => !alive(Number(stdout)));
    await silent.close();
  }, 20_000);

  test('leaves nothing running when it is closed in the middle of a command', async () => {
    const closing = await reach();
    const busy = await closing.shell(users[0]);
    const cut = act(busy, run(['sh', '-c', `echo $$ >${at('pid')}; exec sleep 1000`])).catch(() => undefined);
    await until(() => existsSync(at('pid')) && readFileSync(at('pid'), 'utf8').endsWith('\n'));
    await closing.close();
    await cut;
    await until(() => !alive(Number(readFileSync(at('pid'), 'utf8'))));
  });
});
