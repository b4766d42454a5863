import { Buffer } from 'node:buffer';

/** Bytes that one request carries at most for one file; a longer file goes in several. */
export const CHUNK_BYTES = 256 * 1024;

/**
 * Script that prints the bytes on stdout, by the builtin printf: they stand in no process's arguments and in no
 * here-document. Binary content goes through base64 where the host has it, which makes it three times shorter.
 */
export function payload(bytes: Uint8Array, hasBase64: boolean): string {
  const escaped = bytes.reduce((sum, byte) => sum + (isPlain(byte) ? 0 : 1), 0);
  if (hasBase64 && escaped > bytes.length / 8) {
    return `printf %s '${Buffer.from(bytes).toString('base64')}' | base64 -d`;
  }
  return `printf '${octal(bytes)}'`;
}

const isPlain = (byte: number): boolean => byte === 10 || byte === 9 || (byte >= 32 && byte < 127);
/** `'`, `\` and `%` mean something to quotes or to printf; a leading `-` would be an option. */
const isSpecial = (byte: number, at: number): boolean =>
  byte === 39 || byte === 92 || byte === 37 || (byte === 45 && at === 0);

function octal(bytes: Uint8Array): string {
  const parts: string[] = [];
  let from = 0;
  bytes.forEach((byte, at) => {
    if (isPlain(byte) && !isSpecial(byte, at)) return;
    parts.push(
      Buffer.from(bytes.subarray(from, at)).toString('latin1'),
      `\\${byte.toString(8).padStart(3, '0')}`,
    );
    from = at + 1;
  });
  parts.push(Buffer.from(bytes.subarray(from)).toString('latin1'));
  return parts.join('');
}
