import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host, Shell } from '../../src/model/host.ts';
import { capture, readFile, stat } from '../../src/model/probe-makers.ts';
import { run, type WriteFile } from '../../src/model/step.ts';
import { act, ask, sendAll } from '../sshd/ask.ts';
import { testShells } from '../sshd/shells.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { temporaryFolder } from '../temporary.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd(isRoot() ? { sudo: 'nopasswd' } : {});
});
afterAll(() => sshd.stop());

const mode = (path: string): number => statSync(path).mode & 0o7777;
const write = (path: string, text: string | Uint8Array, more: Partial<WriteFile> = {}): WriteFile => ({
  kind: 'writeFile',
  path,
  content: typeof text === 'string' ? Buffer.from(text) : text,
  ...more,
});

describe.each(testShells())('actions in $name', ({ sh }) => {
  let host: Host;
  let shell: Shell;
  let folder = '';
  const at = (file: string): string => join(folder, file);

  beforeAll(async () => {
    const users = isRoot() ? ['root'] : [];
    host = await connectSsh(targetFor(sshd), { lock: false, holder: '', users }, { sh });
    shell = await host.shell(users[0]);
  });
  afterAll(() => host.close());
  beforeEach(() => {
    folder = temporaryFolder('actions');
    chmodSync(folder, 0o755);
  });

  test('a file is written byte for byte, with no temporary file left', async () => {
    const all = new Uint8Array(Array.from({ length: 1024 }, (_, i) => i % 256));
    const text = '-n %s \\n \'quoted\' "double" $HOME `id`\n\ttab\n\n';
    expect(await act(shell, write(at('bytes'), all))).toMatchObject({ ok: true, rc: 0 });
    expect(await act(shell, write(at('text'), text))).toMatchObject({ ok: true });
    expect(await act(shell, write(at('empty'), ''))).toMatchObject({ ok: true });
    expect(new Uint8Array(readFileSync(at('bytes')))).toEqual(all);
    expect(readFileSync(at('text'), 'utf8')).toBe(text);
    expect(readFileSync(at('empty'), 'utf8')).toBe('');
    expect(readdirSync(folder).sort()).toEqual(['bytes', 'empty', 'text']);
  });

  test('a file of 10 MB comes over and back as it is', async () => {
    const content = new Uint8Array(randomBytes(10 * 1024 * 1024));
    expect(await act(shell, write(at('big'), content))).toMatchObject({ ok: true });
    const answer = await ask(shell, readFile(at('big')));
    expect(Buffer.compare(answer.content ?? new Uint8Array(), content)).toBe(0);
    expect(readdirSync(folder)).toEqual(['big']);
  }, 60_000);

  test('a new file is 0644 unless said otherwise, an old one keeps its mode', async () => {
    await act(shell, write(at('new'), 'a'));
    await act(shell, write(at('tight'), 'a', { mode: 0o600 }));
    writeFileSync(at('old'), 'a', { mode: 0o751 });
    chmodSync(at('old'), 0o751);
    await act(shell, write(at('old'), 'b'));
    expect([mode(at('new')), mode(at('tight')), mode(at('old'))]).toEqual([0o644, 0o600, 0o751]);
    expect(readFileSync(at('old'), 'utf8')).toBe('b');
  });

  test('files next to each other come out as if each were written alone', async () => {
    const odd = at('it\'s $a -> b\\c\n"d" *');
    writeFileSync(at('old'), 'old');
    chmodSync(at('old'), 0o4751);
    mkdirSync(at('real'));
    writeFileSync(at('real/file'), 'old');
    chmodSync(at('real/file'), 0o600);
    symlinkSync('real/file', at('link'));
    const bytes = new Uint8Array(Array.from({ length: 512 }, (_, i) => i % 256));
    const files = [
      write(at('old'), 'new'),
      write(at('tight'), 'a', { mode: 0o600 }),
      write(odd, 'b'),
      write(at('link'), 'c'),
      write(at('bytes'), bytes, { mode: 0o4711 }),
      write(at('empty'), '', { mode: 0o600 }),
    ];
    const { outcomes } = await sendAll(shell, files);
    expect([...outcomes.values()].map(({ ok }) => ok)).toEqual(files.map(() => true));
    expect(['old', 'tight', 'real/file', 'bytes', 'empty'].map((file) => mode(at(file)))).toEqual([
      0o4751, 0o600, 0o600, 0o4711, 0o600,
    ]);
    expect(['old', 'tight', 'real/file', 'empty'].map((file) => readFileSync(at(file), 'utf8'))).toEqual([
      'new',
      'a',
      'c',
      '',
    ]);
    expect(readFileSync(odd, 'utf8')).toBe('b');
    expect(new Uint8Array(readFileSync(at('bytes')))).toEqual(bytes);
    expect(readlinkSync(at('link'))).toBe('real/file');
    expect(readdirSync(folder)).toHaveLength(7);
    expect(readdirSync(at('real'))).toEqual(['file']);
  });

  test('of files next to each other, those before the one that fails are written, those after are not', async () => {
    mkdirSync(at('dir'));
    const { outcomes } = await sendAll(shell, [
      write(at('a'), 'a'),
      write(at('b'), 'b'),
      write(at('dir'), 'c'),
      write(at('d'), 'd'),
    ]);
    expect([...outcomes.values()].map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(outcomes.get(2)?.stderr).toContain('is not a regular file');
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'dir']);
  });

  test('directories next to each other are made together, and none after one that cannot be', async () => {
    const make = (path: string, more: { mode?: number } = {}) =>
      ({ kind: 'makeDirectory', path: at(path), ...more }) as const;
    await sendAll(shell, [make('a', { mode: 0o700 }), make('a/b'), make('c d', { mode: 0o2750 })]);
    expect(['a', 'a/b', 'c d'].map((path) => mode(at(path)))).toEqual([0o700, 0o755, 0o2750]);
    writeFileSync(at('file'), '');
    const { outcomes } = await sendAll(shell, [make('e'), make('file/f'), make('g')]);
    expect([...outcomes.values()].map(({ ok }) => ok)).toEqual([true, false]);
    expect(readdirSync(folder).sort()).toEqual(['a', 'c d', 'e', 'file']);
  });

  (isRoot() ? test : test.skip)('owner and group are set, kept where they are left out', async () => {
    await act(shell, write(at('a'), 'a', { owner: 'nobody', group: 'daemon' }));
    expect(await ask(shell, stat(at('a')))).toMatchObject({ owner: 'nobody', group: 'daemon' });
    await act(shell, write(at('a'), 'b'));
    await act(shell, write(at('b'), 'b', { group: 'daemon' }));
    await sendAll(shell, [
      write(at('c'), 'c'),
      write(at('a'), 'c'),
      write(at('d'), 'd', { owner: 'nobody' }),
    ]);
    expect(await ask(shell, stat(at('c')))).toMatchObject({ owner: 'root', group: 'root', mode: 0o644 });
    expect(await ask(shell, stat(at('d')))).toMatchObject({ owner: 'nobody', group: 'root' });
    expect(await ask(shell, stat(at('a')))).toMatchObject({ owner: 'nobody', group: 'daemon', size: 1 });
    expect(await ask(shell, stat(at('b')))).toMatchObject({ owner: 'root', group: 'daemon' });
  });

  test('a content that its validation refuses never goes live', async () => {
    writeFileSync(at('conf'), 'good\n');
    const validate = ['grep', '-q', 'good', '%s'];
    expect(await act(shell, write(at('conf'), 'bad\n', { validate }))).toMatchObject({ ok: false, rc: 1 });
    expect(readFileSync(at('conf'), 'utf8')).toBe('good\n');
    expect(readdirSync(folder)).toEqual(['conf']);
    expect(await act(shell, write(at('conf'), 'good too\n', { validate }))).toMatchObject({ ok: true });
    expect(readFileSync(at('conf'), 'utf8')).toBe('good too\n');
  });

  test('a link is written through, but not one in a directory with the sticky bit', async () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/file'), 'old');
    symlinkSync('real/file', at('link'));
    expect(await act(shell, write(at('link'), 'new'))).toMatchObject({ ok: true });
    expect(readlinkSync(at('link'))).toBe('real/file');
    expect(readFileSync(at('real/file'), 'utf8')).toBe('new');
    mkdirSync(at('tmp'));
    symlinkSync('../real/file', at('tmp/link'));
    chmodSync(at('tmp'), 0o1777);
    const refused = await act(shell, write(at('tmp/link'), 'evil'));
    expect(refused).toMatchObject({ ok: false, stderr: expect.stringContaining('not followed') });
    expect(readFileSync(at('real/file'), 'utf8')).toBe('new');
  });

  test('a file does not take the place of a directory, nor go where there is none', async () => {
    mkdirSync(at('dir'));
    expect(await act(shell, write(at('dir'), 'a'))).toMatchObject({ ok: false });
    expect(await act(shell, write(at('none/file'), 'a'))).toMatchObject({
      ok: false,
      stderr: expect.stringContaining('is not a directory'),
    });
  });

  test('a directory is made with its parents', async () => {
    await act(shell, { kind: 'makeDirectory', path: at('a/b/c'), mode: 0o2770 });
    expect([mode(at('a')), mode(at('a/b')), mode(at('a/b/c'))]).toEqual([0o755, 0o755, 0o2770]);
  });

  test('attributes are set, recursively where asked', async () => {
    mkdirSync(at('d'));
    writeFileSync(at('d/f'), '');
    await act(shell, { kind: 'setAttributes', path: at('d'), mode: 0o700, recurse: true });
    expect([mode(at('d')), mode(at('d/f'))]).toEqual([0o700, 0o700]);
    await act(shell, { kind: 'setAttributes', path: at('d/f'), mode: 0o4711 });
    expect(mode(at('d/f'))).toBe(0o4711);
    expect(await act(shell, { kind: 'setAttributes', path: at('nothing'), mode: 0o700 })).toMatchObject({
      ok: false,
    });
  });

  test('a link is made and replaced, also one that names a directory; a directory is not', async () => {
    mkdirSync(at('dir'));
    const link = (target: string, path = at('link')) =>
      act(shell, { kind: 'makeLink' as const, path, target });
    await link('dir');
    await link('elsewhere');
    expect(readlinkSync(at('link'))).toBe('elsewhere');
    expect(readdirSync(at('dir'))).toEqual([]);
    expect(await link('x', at('dir'))).toMatchObject({ ok: false });
    expect(lstatSync(at('dir')).isDirectory()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['dir', 'link']);
  });

  test('files, links and trees are removed; what a link names stays', async () => {
    mkdirSync(at('kept'));
    mkdirSync(at('tree/deep'), { recursive: true });
    symlinkSync('../kept', at('tree/link'));
    for (const path of [at('tree/'), at('absent')]) {
      expect(await act(shell, { kind: 'remove', path })).toMatchObject({ ok: true });
    }
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  test.each(['/', '//', '/etc', '/usr/lib/', '/proc/self', '', 'relative', '/tmp/../etc', '/home/.'])(
    'removing %p is refused',
    async (path) => {
      expect(await act(shell, { kind: 'remove', path })).toMatchObject({
        ok: false,
        stderr: expect.stringContaining('not removed'),
      });
    },
  );

  (isRoot() ? test : test.skip)('a directory with a file system mounted below is not removed', async () => {
    mkdirSync(at('a b/mnt'), { recursive: true });
    expect(await act(shell, run(['mount', '-t', 'tmpfs', 'none', at('a b/mnt')]))).toMatchObject({
      ok: true,
    });
    try {
      const outcome = await act(shell, { kind: 'remove', path: at('a b') });
      expect(outcome).toMatchObject({ ok: false, stderr: expect.stringContaining('mounted') });
      expect(existsSync(at('a b/mnt'))).toBe(true);
    } finally {
      await act(shell, run(['umount', at('a b/mnt')]));
    }
  });

  test('a program gets its arguments, environment, directory and input as they are', async () => {
    const odd = 'it\'s $HOME\n`id` \\ * "x" ünï';
    const outcome = await act(
      shell,
      run(['sh', '-c', 'printf "%s|%s|%s|" "$1" "$SECRET" "$PWD"; cat', 'sh', odd], {
        env: { SECRET: odd },
        cwd: folder,
        stdin: odd,
      }),
    );
    expect(outcome.stdout).toBe(`${odd}|${odd}|${folder}|${odd}`);
  });

  test('what fails stops the request, unless its status is all right', async () => {
    const { outcomes, answers } = await sendAll(shell, [
      run(['sh', '-c', 'exit 3'], { okStatus: [0, 3] }),
      run(['sh', '-c', 'exit 4'], { okStatus: 'any' }),
      capture('echo', 'between'),
      run(['sh', '-c', 'echo why >&2; exit 5']),
      run(['touch', at('never')]),
      capture('echo', 'after'),
    ]);
    expect([...outcomes.values()].map(({ rc, ok }) => [rc, ok])).toEqual([
      [3, true],
      [4, true],
      [5, false],
    ]);
    expect(outcomes.get(3)?.stderr).toBe('why\n');
    expect([...answers.keys()]).toEqual([2]);
    expect(existsSync(at('never'))).toBe(false);
  });

  test('output is told while a program runs', async () => {
    const heard: string[] = [];
    await act(shell, run(['sh', '-c', 'echo out; echo err >&2']), (id, stream, text) =>
      heard.push(`${id} ${stream} ${text}`),
    );
    expect(heard.sort()).toEqual(['1 stderr err\n', '1 stdout out\n']);
  });

  test('a program past its deadline is ended, and the shell goes on', async () => {
    const outcome = await act(shell, run(['sleep', '1000'], { timeoutMs: 200 }));
    expect(outcome).toMatchObject({ ok: false, timedOut: true });
    expect(await ask(shell, capture('echo', 'on'))).toMatchObject({ stdout: 'on\n' });
  });

  test('waiting ends when the check holds, fails when time is up, or goes on where asked', async () => {
    const wait = (until: string, onTimeout: 'fail' | 'continue', timeoutMs: number) =>
      act(shell, {
        kind: 'wait',
        until: ['sh', '-c', until],
        timeoutMs,
        intervalMs: 20,
        onTimeout,
        what: 'it',
      });
    const counted = `echo x >>${at('n')}; [ $(wc -l <${at('n')}) -ge 3 ]`;
    expect(await wait(counted, 'fail', 20_000)).toMatchObject({ ok: true, timedOut: false });
    expect(await wait('echo no; false', 'fail', 50)).toMatchObject({
      ok: false,
      timedOut: true,
      stdout: 'no\n',
    });
    expect(await wait('false', 'continue', 50)).toMatchObject({ ok: true, rc: 0, timedOut: true });
  });

  test('nothing of a request leaks into the next', async () => {
    await sendAll(shell, [run(['true'], { cwd: folder, env: { LEAK: '1' } })]);
    expect(await ask(shell, capture('sh', '-c', 'echo "$LEAK"'))).toMatchObject({ stdout: '\n' });
    expect(await ask(shell, capture('pwd'))).not.toMatchObject({ stdout: `${folder}\n` });
  });
});
