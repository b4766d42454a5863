import { createHash, hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FetchFile } from '../model/step.ts';

/** Bytes that wait for the disk before the host has to wait. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** Chunks are small, and each write costs a way to another thread and back. */
const AT_ONCE_BYTES = 512 * 1024;
const KEPT_STDERR = 4096;

/** A file that comes from a host: written beside its place, hashed on the way, and put there when it is whole. */
export class ReceivedFile {
  readonly #action: FetchFile;
  readonly #temporary: string;
  readonly #pause: (on: boolean) => void;
  readonly #hash = createHash('sha256');
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** A write is to begin, and will take all that waits. */
  #isDue = false;
  #said = '';
  #fault: Error | undefined;
  #handle: FileHandle | undefined;
  #work: Promise<void>;

  /** `pause` holds what the host sends, and lets it come again. */
  constructor(action: FetchFile, pause: (on: boolean) => void) {
    this.#action = action;
    this.#pause = pause;
    // After the path alone: what a run left that was cut off is replaced by the next one.
    const name = hash('sha256', action.to).slice(0, 16);
    this.#temporary = join(dirname(action.to), `.troupe-part-${name}`);
    this.#work = this.#begin();
  }

  /** Takes bytes of the file, or what is said about it, in the order that they come. */
  take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (stream === 'stderr') {
      this.#said = (this.#said + chunk.toString('utf8')).slice(0, KEPT_STDERR);
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#pause(true);
    if (this.#waitingBytes >= AT_ONCE_BYTES && !this.#isDue) this.#schedule();
  }

  /** Puts the file in its place where the host could read it; why not, where it was not put there. */
  async finish(isRead: boolean): Promise<string | undefined> {
    if (!this.#isDue) this.#schedule();
    await this.#work;
    const { sha256, to, from } = this.#action;
    const other = sha256 !== undefined && this.#hash.digest('hex') !== sha256;
    if (!isRead || this.#fault || other) {
      await this.discard();
      if (this.#fault) return `${to} cannot be written on this machine: ${this.#fault.message}`;
      return isRead
        ? `${from} changed while it was fetched; nothing was replaced`
        : this.#said.trim() || `${from} could not be read`;
    }
    try {
      await this.#handle?.sync();
      await this.#handle?.close();
      await rename(this.#temporary, to);
      return undefined;
    } catch (error) {
      await this.discard();
      return `${to} cannot be written on this machine: ${(error as Error).message}`;
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#work;
    await this.#handle?.close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #begin(): Promise<void> {
    try {
      await mkdir(dirname(this.#action.to), { recursive: true });
      await rm(this.#temporary, { force: true });
      this.#handle = await open(this.#temporary, 'wx', 0o600);
    } catch (error) {
      this.#fault = error as Error;
    }
  }

  #schedule(): void {
    this.#isDue = true;
    this.#work = this.#work.then(() => this.#write());
  }

  async #write(): Promise<void> {
    this.#isDue = false;
    const chunks = this.#waiting.splice(0);
    const bytes = this.#waitingBytes;
    try {
      if (!this.#fault) {
        for (const chunk of chunks) this.#hash.update(chunk);
        await writeAll(this.#handle, chunks);
      }
    } catch (error) {
      this.#fault = error as Error;
    }
    this.#waitingBytes -= bytes;
    if (this.#waitingBytes <= MOST_WAITING_BYTES / 2) this.#pause(false);
  }
}

/** Writes whole buffers; the system may take a part of them at a time. */
async function writeAll(handle: FileHandle | undefined, chunks: readonly Buffer[]): Promise<void> {
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  for (let at = 0; handle && at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}
