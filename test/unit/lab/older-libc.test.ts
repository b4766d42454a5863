import { describe, expect, test } from '@jest/globals';
import { forOlderLibc } from '../../../src/lab/uml/older-libc.ts';

/** What a program asks of its libraries: symbols with their versions, and the versions that the loader looks for. */
function asked(program: Buffer) {
  const section = (index: number) => ({
    offset: Number(program.readBigUInt64LE(64 + index * 64 + 24)),
    size: Number(program.readBigUInt64LE(64 + index * 64 + 32)),
  });
  const [, names, symbols, versions, needs] = [0, 1, 2, 3, 4].map(section);
  const textAt = (at: number) => {
    const start = (names?.offset ?? 0) + at;
    return program.toString('latin1', start, program.indexOf(0, start));
  };
  const looked = new Map<number, string>();
  for (
    let entry = (needs?.offset ?? 0) + 16;
    entry < (needs?.offset ?? 0) + (needs?.size ?? 0);
    entry += 16
  ) {
    const name = textAt(program.readUInt32LE(entry + 8));
    expect(program.readUInt32LE(entry)).toBe(hashOf(name));
    looked.set(program.readUInt16LE(entry + 6), name);
  }
  const found = Array.from({ length: (symbols?.size ?? 0) / 24 - 1 }, (_, index) => {
    const name = textAt(program.readUInt32LE((symbols?.offset ?? 0) + (index + 1) * 24));
    return `${name}@${looked.get(program.readUInt16LE((versions?.offset ?? 0) + (index + 1) * 2))}`;
  });
  return { symbols: found, looked: [...looked.values()] };
}

/** A 64-bit ELF file of five sections that asks one library for these symbols, `NAME@VERSION`. */
function program(...wanted: readonly string[]): Buffer {
  const pairs = wanted.map((one) => one.split('@') as [string, string]);
  const versions = [...new Set(['GLIBC_2.2.5', ...pairs.map(([, version]) => version)])];
  const names = ['', 'libc.so.6', ...pairs.map(([name]) => name), ...versions];
  const strings = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
  const at = (name: string) => names.slice(0, names.indexOf(name)).join('\0').length + 1;
  const symbols = Buffer.alloc((pairs.length + 1) * 24);
  const indices = Buffer.alloc((pairs.length + 1) * 2);
  for (const [index, [name, version]] of pairs.entries()) {
    symbols.writeUInt32LE(at(name), (index + 1) * 24);
    indices.writeUInt16LE(versions.indexOf(version) + 2, (index + 1) * 2);
  }
  const needs = Buffer.alloc(16 * (versions.length + 1));
  needs.writeUInt16LE(1, 0);
  needs.writeUInt16LE(versions.length, 2);
  needs.writeUInt32LE(at('libc.so.6'), 4);
  needs.writeUInt32LE(16, 8);
  for (const [index, version] of versions.entries()) {
    const entry = 16 * (index + 1);
    needs.writeUInt32LE(hashOf(version), entry);
    needs.writeUInt16LE(index + 2, entry + 6);
    needs.writeUInt32LE(at(version), entry + 8);
    needs.writeUInt32LE(index + 1 < versions.length ? 16 : 0, entry + 12);
  }
  const sections: readonly [number, Buffer, number, number][] = [
    [0, Buffer.alloc(0), 0, 0],
    [3, strings, 0, 0],
    [11, symbols, 1, 0],
    [0x6fffffff, indices, 2, 0],
    [0x6ffffffe, needs, 1, 1],
  ];
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeBigUInt64LE(64n, 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(sections.length, 0x3c);
  let offset = 64 + sections.length * 64;
  const table = sections.map(([type, content, link, info]) => {
    const made = Buffer.alloc(64);
    made.writeUInt32LE(type, 4);
    made.writeBigUInt64LE(BigInt(offset), 24);
    made.writeBigUInt64LE(BigInt(content.length), 32);
    made.writeUInt32LE(link, 40);
    made.writeUInt32LE(info, 44);
    offset += content.length;
    return made;
  });
  return Buffer.concat([header, ...table, ...sections.map(([, content]) => content)]);
}

/** The ELF hash of a version's name (System V ABI, "Hash Table"). */
function hashOf(name: string): number {
  let hash = 0;
  for (const byte of Buffer.from(name)) {
    hash = (hash << 4) + byte;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24)) & ~high;
  }
  return hash >>> 0;
}

describe('a program for an older libc', () => {
  test('reads numbers by the older names, and asks for nothing of 2.38', () => {
    const made = forOlderLibc(
      program('printf@GLIBC_2.2.5', '__isoc23_strtol@GLIBC_2.38', 'dlopen@GLIBC_2.34'),
    );
    expect(asked(made)).toEqual({
      symbols: ['printf@GLIBC_2.2.5', 'strtol@GLIBC_2.2.5', 'dlopen@GLIBC_2.34'],
      looked: ['GLIBC_2.2.5', 'GLIBC_2.2.5', 'GLIBC_2.34'],
    });
  });

  test('is still refused by the loader where it asks for what has no older name', () => {
    const made = forOlderLibc(program('strlcpy@GLIBC_2.38', '__isoc23_strtol@GLIBC_2.38'));
    expect(asked(made)).toEqual({
      symbols: ['strlcpy@GLIBC_2.38', 'strtol@GLIBC_2.2.5'],
      looked: ['GLIBC_2.2.5', 'GLIBC_2.38'],
    });
  });

  test('stays as it is where it asks for nothing of 2.38', () => {
    const given = program('printf@GLIBC_2.2.5', 'dlopen@GLIBC_2.34');
    expect(forOlderLibc(given)).toEqual(given);
  });
});
