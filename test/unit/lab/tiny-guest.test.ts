import { expect, test } from '@jest/globals';
import { tinyGuest } from '../../../src/lab/uml/tiny-guest.ts';

/** Files of a cpio archive of the format "newc": name, mode, content. */
function filesOf(archive: Buffer) {
  const files: { name: string; mode: number; content: Buffer }[] = [];
  for (let at = 0; ; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const start = at + 110;
    const name = archive.toString('latin1', start, start + nameSize - 1);
    if (name === 'TRAILER!!!') return files;
    const content = Math.ceil((start + nameSize) / 4) * 4;
    files.push({ name, mode, content: archive.subarray(content, content + size) });
    at = Math.ceil((content + size) / 4) * 4;
  }
}

test('the tiny guest is one program that may be run, and is loaded whole', () => {
  const [init, ...more] = filesOf(tinyGuest('a-word'));
  expect(more).toEqual([]);
  expect([init?.name, init?.mode]).toEqual(['init', 0o100755]);
  const { content } = init ?? { content: Buffer.alloc(0) };
  expect(content.toString('latin1', 1, 4)).toBe('ELF');
  expect(content.includes('a-word\n')).toBe(true);
  // The segment's size in the file, and where it starts.
  expect(content.readBigUInt64LE(64 + 32)).toBe(BigInt(content.length));
  const [entry, base] = [content.readBigUInt64LE(24), content.readBigUInt64LE(64 + 16)];
  expect(Number(entry - base)).toBe(64 + 56);
});
