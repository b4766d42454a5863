import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host } from '../../src/model/host.ts';
import { contentOf } from '../../src/modules/filesystem-device.ts';
import { mkfsStep } from '../../src/modules/filesystem-making.ts';
import { RECORDS } from '../../src/modules/filesystem-record.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { converge, fields } from './converge.ts';

const UUID = '0c4cf4a0-8a2c-4f0d-9d54-6f2f3b0a7c11';
const RECORD = `${RECORDS}/${UUID}`;
const folder = mkdtempSync(join(tmpdir(), 'troupe-filesystem-'));
const image = join(folder, 'image');
const point = join(folder, 'mounted');

const does = (program: string, ...words: readonly string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

function canLoop(): boolean {
  try {
    writeFileSync(image, '');
    truncateSync(image, 1 << 20);
    does('losetup', '-d', does('losetup', '-f', '--show', image));
    return isRoot();
  } catch {
    return false;
  }
}

(canLoop() ? describe : describe.skip)('on a loop device', () => {
  let sshd: Sshd;
  let host: Host;
  let dev: string;

  /** Does what the module would do to an empty device, until the program makes the nth call of this kind: that kills it. */
  const cutAt = (fstype: string, call: string, nth: number): void => {
    const { action } = mkfsStep({ dev, fstype, uuid: UUID, opts: [] }, {});
    if (action?.kind !== 'run') throw new Error('mkfs is no program');
    const inject = `inject=${call}:signal=KILL:when=${nth}`;
    spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', inject, ...action.argv]);
  };
  const flag = (value: number): void => {
    const byte = join(folder, 'byte');
    writeFileSync(byte, new Uint8Array([value]));
    does('dd', `if=${byte}`, `of=${dev}`, 'bs=1', 'seek=126', 'conv=notrunc,fsync');
  };
  const digest = async (): Promise<string> => {
    const hash = createHash('sha256');
    await pipeline(createReadStream(image), hash);
    return hash.digest('hex');
  };
  const make = async (fstype: string) =>
    fields(await converge(host, 'filesystem', { dev, fstype, uuid: UUID }));
  const whole = (fstype: string): string =>
    fstype === 'xfs' ? does('xfs_repair', '-n', dev) : does('e2fsck', '-fn', dev);

  beforeAll(async () => {
    sshd = await startSshd();
    host = await connectSsh(targetFor(sshd), { lock: false, holder: '', users: [] });
    mkdirSync(point);
  });
  const fresh = (): void => {
    rmSync(image, { force: true });
    writeFileSync(image, '');
    truncateSync(image, 320 << 20);
    dev = does('losetup', '-f', '--show', image);
  };
  const leave = (): void => {
    does('losetup', '-d', dev);
    rmSync(RECORD, { force: true });
  };
  afterEach(leave);
  afterAll(async () => {
    await host.close();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([1, 2, 3, 4, 5, 20, 60, 64, 65])(
    'an XFS whose mkfs dies at write %i is made anew',
    async (nth) => {
      fresh();
      cutAt('xfs', 'pwrite64', nth);
      expect(spawnSync('mount', ['-o', 'ro,norecovery', dev, point]).status).not.toBe(0);
      expect(await make('xfs')).toEqual([
        nth > 4 ? '~ file system' : expect.stringMatching(/^[+~] file system$/),
      ]);
      expect(existsSync(RECORD)).toBe(false);
      whole('xfs');
      expect(await make('xfs')).toEqual([]);
    },
  );

  test.each(['ext4', 'ext3', 'ext2'])('an unfinished %s is an empty device', async (fstype) => {
    const cuts = [
      ...[1, 100, 300].map((nth) => ['pwrite64', nth] as const),
      // The superblock is written between the last two.
      ...[1, 2, 3, 4].map((nth) => ['fsync', nth] as const),
    ];
    for (const [call, nth] of cuts) {
      fresh();
      cutAt(fstype, call, nth);
      const isEmpty = spawnSync('blkid', ['-p', dev]).status === 2;
      if (!isEmpty) whole(fstype);
      expect(await make(fstype)).toEqual(isEmpty ? ['+ file system'] : []);
      whole(fstype);
      leave();
    }
    fresh();
  });

  test('an unfinished XFS can become another file system', async () => {
    fresh();
    cutAt('xfs', 'pwrite64', 30);
    expect(await make('ext4')).toEqual(['~ file system']);
    expect(existsSync(RECORD)).toBe(false);
  });

  test('an XFS that only lacks the word that it is finished keeps what was written to it', async () => {
    fresh();
    cutAt('xfs', 'unlinkat', 1);
    expect(existsSync(RECORD)).toBe(true);
    does('mount', dev, point);
    try {
      await writeFile(join(point, 'data'), 'data\n');
    } finally {
      does('umount', point);
    }
    expect(await make('xfs')).toEqual(['~ file system']);
    expect(existsSync(RECORD)).toBe(false);
    does('mount', '-o', 'ro', dev, point);
    try {
      expect(await readFile(join(point, 'data'), 'utf8')).toBe('data\n');
    } finally {
      does('umount', point);
    }
  });

  test('an XFS that is mounted is finished', async () => {
    fresh();
    cutAt('xfs', 'unlinkat', 1);
    does('mount', dev, point);
    try {
      expect(await make('xfs')).toEqual(['~ file system']);
    } finally {
      does('umount', point);
    }
    expect(existsSync(RECORD)).toBe(false);
  });

  test('an XFS of ours that lost writes is neither taken for a good one nor written to', async () => {
    fresh();
    cutAt('xfs', 'unlinkat', 1);
    does('dd', 'if=/dev/zero', `of=${dev}`, 'bs=512', 'seek=1', 'count=3', 'conv=notrunc,fsync');
    const before = await digest();
    await expect(make('xfs')).rejects.toThrow('xfs_repair -n finds faults');
    expect([await digest(), existsSync(RECORD)]).toEqual([before, true]);
  });

  test('an unfinished XFS of somebody else is not written to', async () => {
    fresh();
    cutAt('xfs', 'pwrite64', 30);
    rmSync(RECORD);
    const before = await digest();
    await expect(make('xfs')).rejects.toThrow('refused: ');
    expect(await digest()).toBe(before);
  });

  test('what became another file system since the plan is not written to', async () => {
    fresh();
    cutAt('xfs', 'pwrite64', 30);
    const planned = mkfsStep(
      { dev, fstype: 'xfs', uuid: UUID, opts: [] },
      { type: 'xfs', mkfs: 'unfinished' },
    );
    if (planned.action?.kind !== 'run') throw new Error('mkfs is no program');
    const [program = '', ...words] = planned.action.argv;
    flag(0);
    const before = await digest();
    expect(spawnSync(program, words, { encoding: 'utf8' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('something else than the unfinished xfs'),
    });
    expect(await digest()).toBe(before);
  });

  test('an mkfs that fails before it writes leaves no record', async () => {
    fresh();
    truncateSync(image, 1 << 20);
    does('losetup', '-c', dev);
    await expect(make('xfs')).rejects.toThrow('An action failed');
    expect(existsSync(RECORD)).toBe(false);
  });

  test.each(['ext4', 'xfs'])('an %s that cannot be read is not taken for an empty device', async (fstype) => {
    fresh();
    does(`mkfs.${fstype}`, '-q', dev);
    const { argv } = contentOf(dev);
    for (const nth of ['1', '2', '3', '4', '5', '1+']) {
      const inject = `inject=read:error=EIO:when=${nth}`;
      const { status, stdout } = spawnSync('strace', [
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        '-P',
        dev,
        '-e',
        inject,
        ...argv,
      ]);
      expect([nth, status === 0 && String(stdout) === '']).toEqual([nth, false]);
    }
    const { action } = mkfsStep({ dev, fstype, opts: [] }, {});
    if (action?.kind !== 'run') throw new Error('mkfs is no program');
    const before = await digest();
    for (const nth of ['1', '2', '3', '1+']) {
      const inject = `inject=read:error=EIO:when=${nth}`;
      spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-P', dev, '-e', inject, ...action.argv]);
    }
    expect(await digest()).toBe(before);
  });
});
