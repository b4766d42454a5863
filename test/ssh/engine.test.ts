import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compilePlaybook } from '../../src/cli/stages.ts';
import { execute } from '../../src/execute/execute.ts';
import { connect } from '../../src/hosts/connect.ts';
import type { Connect, Shell } from '../../src/model/host.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';

let sshd: Sshd;
const folder = mkdtempSync(join(tmpdir(), 'troupe-engine-'));
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  sshd = await startSshd(isRoot() ? { sudo: 'nopasswd' } : {});
});
afterAll(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A hundred tasks of many kinds, the tenth of them as root where the test may become it. */
function writeProject(): void {
  // The server's user may be another one than ours.
  chmodSync(folder, 0o755);
  mkdirSync(at('files'));
  chmodSync(at('files'), 0o777);
  const tasks = Array.from({ length: 100 }, (_, n) => {
    const become = n === 10 && isRoot() ? { become: true } : {};
    const path = at(`files/${n}`);
    const kinds = [
      { file: { path, state: 'directory', mode: '0755' } },
      { copy: { dest: path, content: `file ${n}\n`, mode: '0644' } },
      { lineinfile: { path, line: `line ${n}`, create: true } },
      { stat: { path } },
      { command: { cmd: `mkdir ${path}`, creates: path } },
    ];
    return { name: `task ${n}`, ...kinds[n % kinds.length], ...become };
  });
  writeTasks(tasks);
}

function writeTasks(tasks: readonly object[]): void {
  writeFileSync(at('site.yml'), JSON.stringify([{ hosts: 'all', tasks }]));
  writeFileSync(at('hosts.yml'), JSON.stringify({ all: { hosts: { web1: {} } } }));
}

/** Runs the project and counts each shell's request frames at the wire. */
async function run(mode: 'plan' | 'apply') {
  const shells = new Map<string, Shell>();
  const counted: Connect = async (target, options) => {
    const host = await connect(target, options);
    return {
      ...host,
      name: host.name,
      facts: host.facts,
      close: () => host.close(),
      shell: async (user) => {
        const shell = await host.shell(user);
        shells.set(shell.user, shell);
        return shell;
      },
    };
  };
  const { compiled } = compilePlaybook(at('site.yml'), {
    ...{ inventory: [at('hosts.yml')], tags: [], skipTags: [], extraVars: [] },
  });
  const recap = await execute({
    ...{ compiled, connect: counted, mode, forks: 1, holder: 'a test', playbook: 'site.yml' },
    targets: new Map([['web1', targetFor(sshd)]]),
    emit: () => undefined,
    signal: new AbortController().signal,
  });
  return { recap, frames: Object.fromEntries([...shells].map(([user, shell]) => [user, shell.frames])) };
}

describe('a play of 100 tasks, one of them as root', () => {
  test('costs one round trip when nothing is to change: one frame for each user, sent side by side', async () => {
    writeProject();
    expect((await run('apply')).recap).toMatchObject({ exit: 0 });
    const one = isRoot() ? { [sshd.user]: 1, root: 1 } : { [sshd.user]: 1 };
    for (const mode of ['plan', 'apply'] as const) {
      const { recap, frames } = await run(mode);
      expect(recap.hosts.web1).toMatchObject({ ok: 100, changed: 0, unknown: 0, skipped: 0, failed: 0 });
      expect(recap.exit).toBe(0);
      expect(frames).toEqual(one);
    }
  });
});

describe('a play of files that are not there yet', () => {
  const folders = (name: string): readonly object[] =>
    Array.from({ length: 20 }, (_, n) => at(`files/${name}/d${n}`)).flatMap((path) => [
      { file: { path, state: 'directory', mode: '0750' } },
      { copy: { dest: `${path}/x`, content: `of ${path}\n`, mode: '0640' } },
      { lineinfile: { path: `${path}/y`, line: 'one', create: true } },
      { lineinfile: { path: `${path}/y`, line: 'one more' } },
      { file: { path: `${path}/link`, src: 'x', state: 'link' } },
    ]);

  test('costs one round trip to look and one to make all of it', async () => {
    writeTasks([{ file: { path: at('files/all'), state: 'directory' } }, ...folders('all')]);
    const { recap, frames } = await run('apply');
    expect(recap.hosts.web1).toMatchObject({ ok: 0, changed: 101, failed: 0 });
    expect(frames).toEqual({ [sshd.user]: 2 });
    expect(readFileSync(at('files/all/d19/link'), 'utf8')).toBe(`of ${at('files/all/d19')}\n`);
    expect(readFileSync(at('files/all/d19/y'), 'utf8')).toBe('one\none more\n');
    expect(statSync(at('files/all/d0/x')).mode & 0o7777).toBe(0o640);
    expect((await run('plan')).recap.exit).toBe(0);
  });

  test('ends where one cannot be made, with all before it made and nothing after it', async () => {
    const hindered = { copy: { dest: at('files/cut/d9/no'), content: 'x', validate: 'false %s' } };
    const tasks = [{ file: { path: at('files/cut'), state: 'directory' } }, ...folders('cut')];
    writeTasks(tasks.toSpliced(51, 0, hindered));
    const { recap } = await run('apply');
    expect(recap.hosts.web1).toMatchObject({ ok: 0, changed: 51, failed: 1 });
    expect([existsSync(at('files/cut/d9/link')), existsSync(at('files/cut/d10'))]).toEqual([true, false]);
    expect(readdirSync(at('files/cut/d9')).sort()).toEqual(['link', 'x', 'y']);
  });
});
