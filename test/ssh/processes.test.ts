import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectLocal } from '../../src/hosts/local.ts';
import type { Host, Shell } from '../../src/model/host.ts';
import type { Probe } from '../../src/model/probe.ts';
import { capture, readFile, stat } from '../../src/model/probe-makers.ts';
import { type Action, run } from '../../src/model/step.ts';
import { ask, sendAll } from '../sshd/ask.ts';
import { temporaryFolder } from '../temporary.ts';

// What costs on a target is processes. In a PID namespace of its own the next number tells how many there were, and
// programs are counted by what stands before them on PATH.
const namespaced = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const canCount =
  existsSync('/usr/bin/dash') &&
  spawnSync('unshare', [...namespaced, 'true'], { stdio: 'ignore' }).status === 0;

const COUNTED = [
  'cat chmod chown dd dirname basename flock getent grep head id ip ln ls mkdir mv printf readlink rm sed sha256sum',
  'sleep stat sync systemctl touch tr uname wc',
].flatMap((names) => names.split(' '));

/** A program that starts dash as the first process of a namespace, with counting programs first on PATH. */
function countingShell(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of COUNTED) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    const real = found.startsWith('/') ? found : `/usr/bin/${name}`;
    if (!existsSync(real)) continue;
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >>${folder}/started\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
  }
  const start = join(folder, 'start');
  const inside = `PATH=${bin}:$PATH; export PATH; exec unshare ${namespaced.join(' ')} dash "$@"`;
  writeFileSync(start, `#!/bin/sh\n${inside}\n`, { mode: 0o755 });
  return start;
}

(canCount ? describe : describe.skip)('on a host', () => {
  let host: Host;
  let shell: Shell;
  let folder = '';
  const at = (file: string): string => join(folder, file);
  const started = (): readonly string[] => {
    const names = existsSync(at('started')) ? readFileSync(at('started'), 'utf8').trim().split('\n') : [];
    writeFileSync(at('started'), '');
    return names.filter(Boolean).sort();
  };
  /** Number of the newest process, which asking takes two of. */
  const newest = async (): Promise<number> =>
    Number((await ask(shell, capture('sh', '-c', 'echo $$'))).stdout);
  /** What acts first arms the watchdog, once. Nobody waits for it, and so it may come late. */
  const watched = async (): Promise<void> => {
    while (!existsSync(at('started')) || !readFileSync(at('started'), 'utf8').includes('sleep'))
      await newest();
  };
  const costOf = async (things: readonly (Probe | Action)[]) => {
    const before = await newest();
    started();
    const { outcomes, answers } = await sendAll(shell, things);
    expect(outcomes.size + answers.size).toBe(things.length);
    expect([...outcomes.values()].every(({ ok }) => ok)).toBe(true);
    const programs = started();
    return { forks: (await newest()) - before - 2, programs };
  };

  beforeEach(async () => {
    folder = temporaryFolder('processes');
    const target = { name: 'here', connection: 'local', address: '', connectTimeoutMs: 30_000 } as const;
    host = await connectLocal(target, { lock: false, holder: '', users: [] }, { sh: countingShell(folder) });
    shell = await host.shell();
  });
  afterEach(() => host.close());

  test('connecting starts a shell of three processes, and three more that tell of the host', async () => {
    const asked = started();
    // Where NetworkManager or networkd may run, systemctl is asked about them; before Linux 6.1, uname for the machine.
    const more = existsSync('/proc/sys/kernel/arch') ? ['systemctl'] : ['systemctl', 'uname'];
    expect(asked.filter((name) => !more.includes(name))).toEqual(['dd', 'ip']);
    // The first request brings the library, which is long: two dd's.
    expect((await newest()) - asked.filter((name) => more.includes(name)).length).toBe(6 + 2 + 2);
  });

  const mv = (n: number): readonly string[] => Array.from({ length: n }, () => 'mv');
  const times = <T>(n: number, make: (at: number) => T): readonly T[] =>
    Array.from({ length: n }, (_, place) => make(place));
  const file = (path: string, text: string): Action => ({
    kind: 'writeFile',
    path: at(path),
    content: Buffer.from(text),
    mode: 0o640,
  });
  const EMPTY = createHash('sha256').digest('hex');

  test.each<
    [what: string, things: () => readonly (Probe | Action)[], forks: number, programs: readonly string[]]
  >([
    ['a path', () => [stat(at('old'))], 2, ['stat']],
    ['a path that is not there', () => [stat(at('none'))], 1, []],
    [
      'a path as it is and followed',
      () => [stat(at('old')), { ...stat(at('old')), follow: true }],
      2,
      ['stat'],
    ],
    [
      'a hundred paths and files as expected',
      () => times(50, () => [stat(at('old')), readFile(at('old'), { expect: EMPTY })] as const).flat(),
      5,
      ['dd', 'dd', 'sha256sum', 'stat'],
    ],
    ['a file that is otherwise', () => [readFile(at('old'))], 3, ['cat', 'sha256sum']],
    [
      'a hundred files that are otherwise',
      () => times(100, (n) => readFile(at('old'), { expect: `${n}` })),
      6,
      ['cat', 'dd', 'dd', 'sha256sum', 'wc'],
    ],
    ['a command', () => [run(['true'])], 2, []],
    ['a new file', () => [file('new', 'x')], 4, ['chmod', 'mv', 'sync']],
    ['a file that is replaced', () => [file('old', 'x')], 5, ['chmod', 'mv', 'stat', 'sync']],
    [
      'twenty files',
      () => times(20, (n) => file(`n${n}`, 'x')),
      25,
      ['chmod', 'dd', 'dd', ...mv(20), 'sync'],
    ],
    [
      'three directories',
      () => times(3, (n): Action => ({ kind: 'makeDirectory', path: at(`d${n}`), mode: 0o750 })),
      3,
      ['chmod', 'mkdir'],
    ],
  ])('%s', async (_what, things, forks, programs) => {
    writeFileSync(at('old'), '');
    await sendAll(shell, [run(['true'])]);
    await watched();
    expect(await costOf(things())).toEqual({ forks, programs });
  });

  test('the watchdog is two processes for the first action, and none for the next', async () => {
    const first = await costOf([run(['true'])]);
    expect(first.forks).toBe(4);
    if (!first.programs.includes('sleep')) await watched();
    expect(await costOf([run(['true'])])).toEqual({ forks: 2, programs: [] });
  });
});
