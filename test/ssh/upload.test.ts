import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fillInHashes } from '../../src/hosts/hash-file.ts';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { LocalFile } from '../../src/model/content.ts';
import type { Host, Shell } from '../../src/model/host.ts';
import { capture, readFile } from '../../src/model/probe-makers.ts';
import type { WriteFile } from '../../src/model/step.ts';
import { act, ask, sendAll } from '../sshd/ask.ts';
import { readingShells } from '../sshd/shells.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { temporaryFolder } from '../temporary.ts';
import { until } from '../until.ts';

const PATIENCE_MS = 60_000;
/** Several blocks, and a last one that is not full; for who reads line by line, which takes long, several chunks. */
const bytesFor = (name: string): Buffer =>
  randomBytes((name.endsWith('dd') ? 300 * 1024 : 3 * 1024 * 1024) + 17);

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd(isRoot() ? { sudo: 'nopasswd' } : {});
});
afterAll(() => sshd.stop());

describe.each(readingShells())('a file that is not held in memory, in $name', ({ name, sh }) => {
  let host: Host;
  let shell: Shell;
  const bytes = bytesFor(name);
  let folder = '';
  let source = '';
  const at = (file: string): string => join(folder, file);

  beforeAll(async () => {
    const users = isRoot() ? ['root'] : [];
    // Busybox has no flock of its own.
    const lock = !name.startsWith('busybox');
    host = await connectSsh(targetFor(sshd), { lock, holder: 'a test', users }, { sh });
    shell = await host.shell(users[0]);
  });
  afterAll(() => host.close());
  beforeEach(() => {
    folder = temporaryFolder('upload');
    chmodSync(folder, 0o755);
    source = join(temporaryFolder('upload-source'), 'big');
    writeFileSync(source, bytes);
  });

  async function local(): Promise<LocalFile> {
    const file: LocalFile = { path: source, size: statSync(source).size };
    await fillInHashes([file]);
    return file;
  }
  const write = (content: LocalFile, more: Partial<WriteFile> = {}): WriteFile => ({
    kind: 'writeFile',
    path: at('big'),
    content,
    ...more,
  });
  const isAlive = async (): Promise<void> =>
    expect(await ask(shell, capture('echo', 'alive'))).toMatchObject({ stdout: 'alive\n' });

  test(
    'arrives byte for byte with its mode, and the shell goes on',
    async () => {
      const file = await local();
      const read = readFile(at('big'), { most: 0 });
      const { answers, outcomes } = await sendAll(shell, [read, write(file, { mode: 0o640 }), read]);
      expect(outcomes.get(1)).toMatchObject({ ok: true, rc: 0, stderr: '' });
      expect(answers.get(0)).toEqual({ exists: false });
      expect(answers.get(2)).toEqual({ exists: true, sha256: file.sha256 });
      expect(readFileSync(at('big')).equals(bytes)).toBe(true);
      expect(statSync(at('big')).mode & 0o777).toBe(0o640);
      expect(readdirSync(folder)).toEqual(['big']);
      await isAlive();
    },
    PATIENCE_MS,
  );

  test(
    'replaces what a run that was cut off left behind, and never writes through it',
    async () => {
      await act(shell, write(await local(), { validate: ['sh', '-c', 'mv "$1" "$1.kept"', 'sh', '%s'] }));
      const [left = ''] = readdirSync(folder);
      expect(left).toMatch(/^\.troupe-part-[0-9a-f]{16}\.kept$/);
      writeFileSync(at('other'), 'other');
      symlinkSync('other', at(left.replace('.kept', '')));
      expect(await act(shell, write(await local()))).toMatchObject({ ok: true });
      expect(readFileSync(at('other'), 'utf8')).toBe('other');
      expect(readdirSync(folder).sort()).toEqual([left, 'big', 'other']);
    },
    PATIENCE_MS,
  );

  test.each([
    ['grew', () => appendFileSync(source, 'more'), true],
    ['was cut', () => writeFileSync(source, bytes.subarray(0, 1000)), false],
    ['has other bytes', () => writeFileSync(source, Buffer.alloc(bytes.length)), false],
  ])(
    'a file that %s since it was hashed replaces nothing, unless the promised bytes are there',
    async (_how, change, ok) => {
      writeFileSync(at('big'), 'old');
      const file = await local();
      change();
      const done = await act(shell, write(file));
      expect(done.ok).toBe(ok);
      if (!ok) {
        expect(done.stderr).toContain(`${source} on this machine is not what it was`);
        expect(readFileSync(at('big'), 'utf8')).toBe('old');
      }
      expect(readdirSync(folder)).toEqual(['big']);
      await isAlive();
    },
    PATIENCE_MS,
  );

  test(
    'goes nowhere where a directory is in the way or none is there, and the shell goes on',
    async () => {
      mkdirSync(at('big'));
      expect(await act(shell, write(await local()))).toMatchObject({
        ok: false,
        stderr: expect.stringContaining('not a regular file'),
      });
      expect(await act(shell, write(await local(), { path: at('none/big') }))).toMatchObject({ ok: false });
      await isAlive();
    },
    PATIENCE_MS,
  );

  test(
    'never goes live where its validation refuses it',
    async () => {
      const refused = await act(shell, write(await local(), { validate: ['false', '%s'] }));
      expect(refused).toMatchObject({ ok: false, rc: 1 });
      expect(readdirSync(folder)).toEqual([]);
      await isAlive();
    },
    PATIENCE_MS,
  );

  (isRoot() ? test : test.skip)(
    'leaves nothing where the disk is full, and the shell is replaced',
    async () => {
      mkdirSync(at('full'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at('full')]);
      try {
        const path = at('full/big');
        expect(await act(shell, write(await local(), { path }))).toMatchObject({
          ok: false,
          timedOut: false,
        });
        expect(readdirSync(at('full'))).toEqual([]);
        await isAlive();
        expect(await act(shell, write(await local()))).toMatchObject({ ok: true });
      } finally {
        execFileSync('umount', [at('full')]);
      }
    },
    PATIENCE_MS,
  );
});

test(
  'what arrived goes also where the process that reads the bytes was not told that the connection is cut',
  async () => {
    const bin = temporaryFolder('deaf');
    for (const reader of ['head', 'dd']) {
      const deaf = `#!/bin/sh\ntrap "" TERM\nexec /usr/bin/${reader} "$@"\n`;
      writeFileSync(join(bin, reader), deaf, { mode: 0o755 });
    }
    chmodSync(bin, 0o755);
    const sh = join(bin, 'start');
    writeFileSync(sh, `#!/bin/sh\nPATH=${bin}:$PATH; export PATH\nexec sh "$@"\n`, { mode: 0o755 });
    const source = join(temporaryFolder('upload-source'), 'big');
    writeFileSync(source, Buffer.alloc(64 * 1024 * 1024, 'x'));
    const file: LocalFile = { path: source, size: statSync(source).size };
    await fillInHashes([file]);
    const folder = temporaryFolder('upload-cut');
    chmodSync(folder, 0o777);
    const host = await connectSsh(targetFor(sshd), { lock: true, holder: 'a test', users: [] }, { sh });
    const shell = await host.shell(undefined);
    const path = join(folder, 'big');
    const cut = expect(act(shell, { kind: 'writeFile', path, content: file })).rejects.toMatchObject({
      diagnostics: [{ code: 'connection-lost' }],
    });
    await until(() => readdirSync(folder).some((name) => statSync(join(folder, name)).size > 0));
    sshd.drop();
    await cut;
    expect(existsSync(path)).toBe(false);
    await until(() => readdirSync(folder).length === 0);
    await host.close();
  },
  PATIENCE_MS,
);
