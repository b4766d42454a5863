/** Since glibc 2.38 C23's number parsers have names of their own; those before it have them without the prefix. */
const PREFIX = '__isoc23_';
/** A version that every libc with a dynamic loader of today has, and the symbols without the prefix are of. */
const FIRST = 'GLIBC_2.2.5';
const TOO_NEW = 'GLIBC_2.38';

/** Types of sections (ELF, "Section Header"; Linux Standard Base, "Symbol Versioning"). */
const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
const SHT_GNU_VERSYM = 0x6fffffff;

/**
 * A 64-bit program that was linked with glibc 2.38 or newer, changed to run with an older one: `__isoc23_strtol` and its like,
 * which only read binary numbers besides, become `strtol`. Anything else that is that new stays, so that the loader refuses
 * it. A program that asks for nothing of 2.38 is returned as it is.
 */
export function forOlderLibc(program: Buffer): Buffer {
  const made = Buffer.from(program);
  const sections = readSections(made);
  const symbols = sections.find(({ type }) => type === SHT_DYNSYM);
  const names = symbols && sections[symbols.link];
  const versions = sections.find(({ type }) => type === SHT_GNU_VERSYM);
  const needs = sections.find(({ type }) => type === SHT_GNU_VERNEED);
  if (!symbols || !names || !versions || !needs) return made;
  const textAt = (offset: number): string =>
    made.toString('latin1', names.offset + offset, made.indexOf(0, names.offset + offset));

  const needed = readNeeds(made, needs).map((need) => ({
    ...need,
    name: textAt(made.readUInt32LE(need.at + 8)),
  }));
  const first = needed.find(({ name }) => name === FIRST);
  const tooNew = needed.find(({ name }) => name === TOO_NEW);
  if (!first || !tooNew) return made;
  let left = 0;
  for (let index = 0; index < symbols.size / SYMBOL; index++) {
    const symbol = symbols.offset + index * SYMBOL;
    const version = versions.offset + index * 2;
    if (made.readUInt16LE(version) !== tooNew.index) continue;
    const name = made.readUInt32LE(symbol);
    if (textAt(name).startsWith(PREFIX)) {
      made.writeUInt32LE(name + PREFIX.length, symbol);
      made.writeUInt16LE(first.index, version);
    } else left++;
  }
  // Nobody asks for it any more: the entry names what is there, twice (hash and name; the index stays its own).
  if (left === 0) {
    made.copy(made, tooNew.at, first.at, first.at + 4);
    made.copy(made, tooNew.at + 8, first.at + 8, first.at + 12);
  }
  return made;
}

/** Sizes of an entry of the symbol table and of a section header. */
const SYMBOL = 24;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section that this one's names are in. */
  readonly link: number;
  /** How many entries there are, in those that say so. */
  readonly info: number;
}

function readSections(elf: Buffer): readonly Section[] {
  const table = Number(elf.readBigUInt64LE(0x28));
  const size = elf.readUInt16LE(0x3a);
  return Array.from({ length: elf.readUInt16LE(0x3c) }, (_, index) => {
    const at = table + index * size;
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 24)),
      size: Number(elf.readBigUInt64LE(at + 32)),
      link: elf.readUInt32LE(at + 40),
      info: elf.readUInt32LE(at + 44),
    };
  });
}

/** Where the version needs of all libraries are, and the index by which symbols name each. */
function readNeeds(elf: Buffer, section: Section): readonly { at: number; index: number }[] {
  const found: { at: number; index: number }[] = [];
  for (let library = 0, at = section.offset; library < section.info; library++) {
    let entry = at + elf.readUInt32LE(at + 8);
    for (let count = elf.readUInt16LE(at + 2); count > 0; count--) {
      found.push({ at: entry, index: elf.readUInt16LE(entry + 6) & 0x7fff });
      entry += elf.readUInt32LE(entry + 12);
    }
    at += elf.readUInt32LE(at + 12);
  }
  return found;
}
