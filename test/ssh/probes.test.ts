import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host, Shell } from '../../src/model/host.ts';
import {
  account,
  capture,
  packageState,
  program,
  readFile,
  stat,
  sysctlValue,
  unit,
} from '../../src/model/probe-makers.ts';
import { ask, askAll } from '../sshd/ask.ts';
import { testShells } from '../sshd/shells.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { temporaryFolder } from '../temporary.ts';

const PLAN = { lock: false, holder: '', users: [] };
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const contentOf = (text: string) => ({
  exists: true,
  sha256: sha256(text),
  content: new Uint8Array(Buffer.from(text)),
});
let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd(isRoot() ? { sudo: 'nopasswd' } : {});
});
afterAll(() => sshd.stop());

describe.each(testShells())('probes in $name', ({ name, sh }) => {
  let host: Host;
  let shell: Shell;
  const folder = temporaryFolder('probes');
  const at = (file: string): string => join(folder, file);

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    writeFileSync(at('plain'), 'one\ntwo\n\n', { mode: 0o640 });
    chmodSync(at('plain'), 0o644);
    writeFileSync(at('binary'), Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256)));
    writeFileSync(at('empty'), '');
    writeFileSync(at("it's \\ -> a\nname"), 'odd\n');
    writeFileSync(at('-with  blanks '), '1 blank\n');
    writeFileSync(at('secret'), 'x', { mode: 0o600 });
    mkdirSync(at('closed'), { mode: 0o700 });
    writeFileSync(at('closed/inside'), 'x');
    symlinkSync('plain', at('link'));
    symlinkSync('nowhere', at('dangling'));
    utimesSync(at('plain'), 1_000_000_000, 1_000_000_000);
    host = await connectSsh(targetFor(sshd), PLAN, { sh });
    shell = await host.shell();
  });
  afterAll(() => host.close());

  test('a capture keeps NUL bytes, line breaks at the end, both streams and the exit status', async () => {
    const script = "printf 'a\\000b\\n\\n'; printf 'oh\\n' >&2; exit 3";
    expect(await ask(shell, capture('sh', '-c', script))).toEqual({
      rc: 3,
      stdout: 'a\0b\n\n',
      stderr: 'oh\n',
      missing: false,
    });
  });

  test('a capture of a program that is not there says missing, one that ends with 127 does not', async () => {
    expect(await ask(shell, capture('no-such-program'))).toMatchObject({ rc: 127, missing: true });
    expect(await ask(shell, capture('sh', '-c', 'exit 127'))).toMatchObject({ rc: 127, missing: false });
  });

  test('a capture named like a builtin runs the program and does not end the request', async () => {
    const [first, second] = await askAll(shell, [capture('exit', '7'), capture('echo', 'still here')]);
    expect(first).toMatchObject({ missing: true });
    expect(second).toMatchObject({ stdout: 'still here\n' });
  });

  test('a signal gives 128 and its number', async () => {
    expect(await ask(shell, capture('sh', '-c', 'kill -9 $$'))).toMatchObject({ rc: 137 });
  });

  test('a capture cannot read the requests that follow', async () => {
    expect(await ask(shell, capture('cat'))).toMatchObject({ rc: 0, stdout: '' });
  });

  test('long output is cut at the limit', async () => {
    const answer = await ask(shell, capture('sh', '-c', 'head -c 3000000 /dev/zero'));
    expect(answer.stdout.length).toBe(1024 * 1024);
  });

  test('a file comes back byte for byte', async () => {
    const answer = await ask(shell, readFile(at('binary')));
    expect([...(answer.content ?? [])]).toEqual(Array.from({ length: 512 }, (_, i) => i % 256));
    expect((await ask(shell, readFile(at('plain')))).content).toEqual(
      new Uint8Array(Buffer.from('one\ntwo\n\n')),
    );
    expect(await ask(shell, readFile(at('empty')))).toMatchObject({ exists: true, sha256: sha256('') });
  });

  test('of a file above what is wanted comes the hash alone', async () => {
    const plain = sha256('one\ntwo\n\n');
    const answers = await askAll(shell, [
      readFile(at('plain'), { most: 9 }),
      readFile(at('plain'), { most: 8 }),
      readFile(at('plain'), { most: 0 }),
      readFile(at('plain'), { expect: plain, most: 8 }),
      readFile(at('absent'), { most: 0 }),
      readFile(at('empty'), { most: 0 }),
    ]);
    expect(answers).toEqual([
      { exists: true, sha256: plain, content: new Uint8Array(Buffer.from('one\ntwo\n\n')) },
      { exists: true, sha256: plain },
      { exists: true, sha256: plain },
      { exists: true, sha256: plain },
      { exists: false },
      { exists: true, sha256: sha256('') },
    ]);
  });

  test('many files come back byte for byte, each with what is told of it', async () => {
    const large = readFileSync(at('binary'));
    expect(
      await askAll(shell, [
        readFile(at('binary'), { most: 100 }),
        readFile(at('plain'), { most: 100 }),
        readFile(at('empty'), { most: 100 }),
      ]),
    ).toEqual([{ exists: true, sha256: sha256(large) }, contentOf('one\ntwo\n\n'), contentOf('')]);
    const answers = await askAll(shell, [
      readFile(at('binary'), { most: 100 }),
      readFile(at('plain')),
      readFile(at('empty'), { most: 100 }),
      readFile('/proc/version'),
      readFile(at('-with  blanks '), { most: 100 }),
      readFile(at('absent')),
      readFile(at('binary'), { most: large.length }),
    ]);
    expect(answers).toEqual([
      { exists: true, sha256: sha256(large) },
      contentOf('one\ntwo\n\n'),
      contentOf(''),
      contentOf(readFileSync('/proc/version', 'utf8')),
      contentOf('1 blank\n'),
      { exists: false },
      { exists: true, sha256: sha256(large), content: new Uint8Array(large) },
    ]);
  });

  test('a file that is as expected sends no bytes; a trailing line break makes a difference', async () => {
    const [same, other] = await askAll(shell, [
      readFile(at('plain'), { expect: sha256('one\ntwo\n\n') }),
      readFile(at('binary'), { expect: sha256('one\ntwo\n') }),
    ]);
    expect(same).toEqual({ exists: true, sha256: sha256('one\ntwo\n\n') });
    expect(other).toMatchObject({ exists: true, content: expect.any(Uint8Array) });
  });

  test('files that are absent, odd or no files do not spoil their neighbours', async () => {
    const answers = await askAll(shell, [
      readFile(at('absent')),
      readFile(at('plain')),
      readFile(folder),
      readFile(at("it's \\ -> a\nname"), { expect: sha256('odd\n') }),
      readFile('/dev/zero'),
      readFile(at('empty'), { expect: sha256('') }),
    ]);
    expect(answers).toEqual([
      { exists: false },
      expect.objectContaining({ sha256: sha256('one\ntwo\n\n') }),
      { exists: true },
      { exists: true, sha256: sha256('odd\n') },
      { exists: true },
      { exists: true, sha256: sha256('') },
    ]);
  });

  test('a missing or odd path does not spoil its neighbours', async () => {
    const [plain, absent, folderStat, link, followed, dangling, odd] = await askAll(shell, [
      stat(at('plain')),
      stat(at('absent')),
      stat(folder),
      stat(at('link')),
      stat(at('link'), { follow: true }),
      stat(at('dangling'), { follow: true }),
      stat(at("it's \\ -> a\nname")),
    ]);
    expect(plain).toMatchObject({ exists: true, type: 'file', mode: 0o644, size: 9, mtime: 1_000_000_000 });
    expect(absent).toEqual({ exists: false });
    expect(folderStat).toMatchObject({ type: 'directory', mode: 0o755 });
    expect(link).toMatchObject({ type: 'link', target: 'plain' });
    expect(followed).toMatchObject({ type: 'file', size: 9 });
    expect(dangling).toEqual({ exists: false });
    expect(odd).toMatchObject({ exists: true, type: 'file', size: 4 });
  });

  (isRoot() ? test : test.skip)('what may not be read is denied, not absent', async () => {
    const answers = await askAll(shell, [
      readFile(at('secret')),
      readFile(at('closed/inside')),
      stat(at('closed/inside')),
      stat(at('plain')),
    ]);
    expect(answers).toEqual([
      expect.objectContaining({ failed: 'permission-denied' }),
      expect.objectContaining({ failed: 'permission-denied' }),
      expect.objectContaining({ failed: 'permission-denied' }),
      expect.objectContaining({ exists: true }),
    ]);
  });

  test('a kernel parameter of several digits is read whole', async () => {
    const answers = await askAll(shell, [
      sysctlValue('kernel.pid_max'),
      sysctlValue('net.ipv4.ip_local_port_range'),
      sysctlValue('no.such.parameter'),
      sysctlValue('kernel.../../../etc/passwd'),
    ]);
    expect(answers).toEqual([
      { value: expect.stringMatching(/^\d{2,}$/) },
      { value: expect.stringMatching(/^\d+ \d+$/) },
      {},
      expect.objectContaining({ failed: 'other' }),
    ]);
  });

  test('a program is found by path, a builtin of the shell is not one', async () => {
    const answers = await askAll(shell, [program('ls'), program('no-such-program'), program('exit')]);
    expect(answers).toEqual([{ path: expect.stringMatching(/\/ls$/) }, {}, {}]);
  });

  test('a program that names a network device is not run where there is none', async () => {
    const [there, absent] = await askAll(shell, [
      { ...capture('echo', 'ran'), device: 'lo' },
      { ...capture('echo', 'ran'), device: 'nodev0' },
    ]);
    expect(there).toMatchObject({ rc: 0, stdout: 'ran\n' });
    expect(absent).toMatchObject({ rc: 1, stdout: '', stderr: 'Device "nodev0" does not exist.\n' });
  });

  test('users and groups are known by name, and nobody is an option', async () => {
    const answers = await askAll(shell, [
      account('passwd', 'daemon'),
      account('group', 'daemon'),
      account('passwd', 'no-such-user'),
      account('group', '--help'),
    ]);
    expect(answers).toEqual([{ id: expect.any(Number) }, { id: expect.any(Number) }, {}, {}]);
  });

  (name === 'busybox' ? test.skip : test)('packages are asked for together', async () => {
    const answers = await askAll(shell, [
      packageState('dpkg', { candidate: true }),
      packageState('no-such-package'),
      packageState('sh*'),
    ]);
    expect(answers).toEqual([
      { installed: true, version: expect.any(String), candidate: expect.any(String) },
      { installed: false },
      expect.objectContaining({ failed: 'other' }),
    ]);
  });

  (name === 'busybox' ? test : test.skip)('a tool that is not there is named', async () => {
    const [service, ls] = await askAll(shell, [unit('ssh.service'), program('ls')]);
    expect(service).toMatchObject({ failed: 'missing-tool' });
    expect(ls).toMatchObject({ path: expect.any(String) });
  });

  test('a hundred probes of every kind are one frame', async () => {
    const before = shell.frames;
    const probes = Array.from(
      { length: 100 },
      (_, i) =>
        [
          stat(at('plain')),
          readFile(at('plain')),
          sysctlValue('kernel.ostype'),
          program('ls'),
          capture('true'),
        ][i % 5],
    ).flatMap((probe) => (probe ? [probe] : []));
    const answers = await askAll(shell, probes);
    expect(shell.frames - before).toBe(1);
    expect(answers.every((answer) => answer && !('failed' in answer))).toBe(true);
  });

  test('a thousand paths fit below the limits of a process', async () => {
    const long = 'x'.repeat(200);
    const answers = await askAll(
      shell,
      Array.from({ length: 1000 }, (_, i) => (i % 2 ? stat(at('plain')) : stat(at(`${long}${i}`)))),
    );
    expect(answers.filter((answer) => answer && 'exists' in answer && answer.exists)).toHaveLength(500);
  });
});
