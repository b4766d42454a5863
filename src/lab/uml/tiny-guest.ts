/**
 * An initramfs (a cpio archive of the format "newc", cpio(5)) with one program, /init, which prints a word and powers off: the
 * least that shows whether a kernel runs programs here. For x86-64.
 */
export function tinyGuest(word: string): Buffer {
  const archive = Buffer.concat([
    entry('init', 0o100755, program(`${word}\n`)),
    entry('TRAILER!!!', 0, Buffer.alloc(0)),
  ]);
  return padded(archive, 512);
}

/** Where the program is loaded. */
const BASE = 0x400000;
const ELF_HEADER = 64;
const PROGRAM_HEADER = 56;

/** write(1, text), then reboot(…, POWER_OFF), as a static program of one segment (ELF-64 specification; reboot(2)). */
function program(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const start = ELF_HEADER + PROGRAM_HEADER;
  const code = (address: number) =>
    Buffer.concat([
      // mov eax, 1; mov edi, 1; mov esi, address; mov edx, length; syscall
      ...[set(0xb8, 1), set(0xbf, 1), set(0xbe, address), set(0xba, bytes.length), SYSCALL],
      // mov eax, 169; mov edi, MAGIC1; mov esi, MAGIC2; mov edx, POWER_OFF; syscall
      ...[set(0xb8, 169), set(0xbf, 0xfee1dead), set(0xbe, 672274793), set(0xba, 0x4321fedc), SYSCALL],
      // mov eax, 60; syscall: exit, where that did nothing
      ...[set(0xb8, 60), SYSCALL],
    ]);
  const end = start + code(0).length;
  const body = Buffer.concat([code(BASE + end), bytes]);

  const header = Buffer.alloc(start);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  // An executable for x86-64, of ELF version 1.
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(BASE + start), 24);
  header.writeBigUInt64LE(BigInt(ELF_HEADER), 32);
  header.writeUInt16LE(ELF_HEADER, 52);
  header.writeUInt16LE(PROGRAM_HEADER, 54);
  header.writeUInt16LE(1, 56);
  // PT_LOAD, to read and to run; offset 0 is at BASE.
  header.writeUInt32LE(1, ELF_HEADER);
  header.writeUInt32LE(5, ELF_HEADER + 4);
  header.writeBigUInt64LE(BigInt(BASE), ELF_HEADER + 16);
  header.writeBigUInt64LE(BigInt(BASE), ELF_HEADER + 24);
  header.writeBigUInt64LE(BigInt(start + body.length), ELF_HEADER + 32);
  header.writeBigUInt64LE(BigInt(start + body.length), ELF_HEADER + 40);
  header.writeBigUInt64LE(0x1000n, ELF_HEADER + 48);
  return Buffer.concat([header, body]);
}

const SYSCALL = Buffer.from([0x0f, 0x05]);

/** `mov` of a 32-bit value to the register that the operation code names. */
function set(operation: number, value: number): Buffer {
  const made = Buffer.alloc(5);
  made[0] = operation;
  made.writeUInt32LE(value, 1);
  return made;
}

function entry(name: string, mode: number, content: Buffer): Buffer {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const fields = [1, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = Buffer.from(`070701${fields.map(hex).join('')}${name}\0`, 'latin1');
  return Buffer.concat([padded(head, 4), padded(content, 4)]);
}

const padded = (bytes: Buffer, unit: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((unit - (bytes.length % unit)) % unit)]);
