import { type FileHandle, open } from 'node:fs/promises';
import type { LocalFile } from '../model/content.ts';
import { hashOf } from '../shell/hash-of.ts';
import { blockHead, type ReadMode } from '../shell/loop.ts';
import { CHUNK_BYTES } from '../shell/payload.ts';
import type { ByChunks, Piece } from '../shell/piece.ts';
import { hashFile } from './hash-file.ts';
import type { Beside, FrameResult } from './run-frame.ts';
import type { Wire } from './wire.ts';

/** On a slow line no block may keep the heartbeats behind it from being in time. */
const LEAST_BYTES = 256 * 1024;
const MOST_BYTES = 2 * 1024 * 1024;
/** Blocks grow while they take less than this, and are small again after one that took long. */
const SWIFT_MS = 500;
const LONG_MS = 5_000;
/** So much goes into buffers on the way at once: how long that takes tells nothing of the line. */
const IN_BUFFERS_BYTES = 4 * 1024 * 1024;

/**
 * Sends a file's bytes in blocks behind a request that reads them. A block is read while the one before it is on its way;
 * two are held, however large the file is. What cannot be read here is missing there, where the hash tells.
 */
export async function sendFile(wire: Wire, mode: ReadMode, file: LocalFile, beside: Beside): Promise<void> {
  const { over, isOver } = beside;
  const handle = await tryOpen(file.path);
  try {
    let [buffer, other] = [Buffer.allocUnsafe(MOST_BYTES), Buffer.allocUnsafe(MOST_BYTES)];
    let size = LEAST_BYTES;
    let left = file.size;
    // After a block that took long the heartbeats are late, too.
    let arms = false;
    let block = await read(handle, buffer, Math.min(size, left));
    while (block.length > 0 && !isOver()) {
      const begun = performance.now();
      // Written at once: no heartbeat may come between the head and its bytes.
      wire.write(blockHead(mode, block.length, arms));
      const sent = Promise.race([wire.send(block), over]);
      left -= block.length;
      [buffer, other] = [other, buffer];
      block = await read(handle, buffer, Math.min(size, left));
      await sent;
      beside.progress();
      if (file.size - left < IN_BUFFERS_BYTES) continue;
      const tookMs = performance.now() - begun;
      arms = tookMs > LONG_MS;
      if (arms) size = LEAST_BYTES;
      else if (tookMs < SWIFT_MS) size = Math.min(size * 2, MOST_BYTES);
    }
    if (!isOver()) wire.write(blockHead(mode, 0, false));
  } finally {
    await handle?.close();
  }
}

/** The same in requests of one chunk each, for a host that cannot read raw bytes. */
export async function sendByChunks(
  file: LocalFile,
  { first, chunk, last }: ByChunks,
  run: (piece: Piece) => Promise<FrameResult>,
): Promise<FrameResult> {
  const handle = await tryOpen(file.path);
  try {
    let result = await run(first);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let left = file.size; left > 0 && result.complete > 0; ) {
      const bytes = await read(handle, buffer, Math.min(left, CHUNK_BYTES));
      if (bytes.length === 0) break;
      left -= bytes.length;
      result = await run(chunk(bytes));
    }
    return result.complete > 0 ? await run(last) : result;
  } finally {
    await handle?.close();
  }
}

/** Why other bytes came to a host than were promised. */
export async function whyOther(file: LocalFile): Promise<string> {
  const now = await hashFile(file.path).catch(() => undefined);
  if (now?.sha256 === hashOf(file)) return `${file.path} was damaged on its way; nothing was replaced`;
  return `${file.path} on this machine is not what it was when it was hashed; nothing was replaced`;
}

const tryOpen = (path: string): Promise<FileHandle | undefined> => open(path).catch(() => undefined);

async function read(handle: FileHandle | undefined, buffer: Buffer, most: number): Promise<Buffer> {
  const got = await handle?.read(buffer, 0, most).catch(() => undefined);
  return buffer.subarray(0, got?.bytesRead ?? 0);
}
