import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sendFile } from '../../../src/hosts/send-file.ts';
import { Wire } from '../../../src/hosts/wire.ts';
import type { LocalFile } from '../../../src/model/content.ts';
import { temporaryFolder } from '../../temporary.ts';

const MIB = 1024 * 1024;
const NEVER = new Promise<void>(() => {});
const UNDER_WAY = { over: NEVER, isOver: () => false, progress: () => {} };

/** A wire whose other end takes the blocks: their heads, and a hash of their bytes. */
function taking(room: () => Promise<void> = async () => {}) {
  const heads: string[] = [];
  const hash = createHash('sha256');
  const channel = {
    write: (head: Buffer | string) => void heads.push(String(head)),
    send: (bytes: Buffer) => {
      hash.update(bytes);
      return room();
    },
    pause: () => {},
    listen: () => {},
    handOn: () => {},
    close: () => {},
  };
  return { wire: new Wire(channel, 'N', () => new Error('lost')), heads, digest: () => hash.digest('hex') };
}

function held(size: number): LocalFile & { readonly sha256: string } {
  const path = join(temporaryFolder('send'), 'file');
  const bytes = Buffer.alloc(size, 'abcdefg');
  writeFileSync(path, bytes);
  return { path, size, sha256: createHash('sha256').update(bytes).digest('hex') };
}
const amount = (head: string): number => Number(head.split(' ')[2]);

test('a file goes in blocks that are small until the line is known', async () => {
  const file = held(9 * MIB + 5);
  const { wire, heads, digest } = taking();
  await sendFile(wire, 'h', file, UNDER_WAY);
  expect(digest()).toBe(file.sha256);
  expect(heads.reduce((sum, head) => sum + amount(head), 0)).toBe(file.size);
  expect(heads.slice(0, 16)).toEqual(Array(16).fill(`p h ${MIB / 4}\n`));
  expect(heads.at(-1)).toBe('p h 0\n');
});

test('nothing more goes once the answer is there, though there never was room', async () => {
  let isOver = false;
  const { wire, heads } = taking(() => {
    isOver = true;
    return NEVER;
  });
  await sendFile(wire, 'd', held(MIB), { ...UNDER_WAY, over: Promise.resolve(), isOver: () => isOver });
  expect(heads).toEqual([`p d ${MIB / 4}\n`]);
});

test('a file that is gone is sent as nothing', async () => {
  const file = held(10);
  rmSync(file.path);
  const { wire, heads } = taking();
  await sendFile(wire, 'h', file, UNDER_WAY);
  expect(heads).toEqual(['p h 0\n']);
});
