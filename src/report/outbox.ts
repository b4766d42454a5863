/** Longest time that a text waits for others to be written with, in ms. */
const WAIT_MS = 100;
/** Characters that are written without waiting longer. */
const FULL = 64 * 1024;

/**
 * Gathers texts and writes them in few, long pieces: a run tells of a hundred tasks a host, and a write for each costs more
 * than the telling. Nothing waits longer than a tenth of a second, nor for the end of a process that exits.
 */
export class Outbox {
  readonly #stream: NodeJS.WritableStream;
  #waiting: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    process.on('exit', this.flush);
  }

  readonly write = (text: string): void => {
    this.#waiting.push(text);
    this.#length += text.length;
    if (this.#length >= FULL) this.flush();
    else this.#timer ??= setTimeout(this.flush, WAIT_MS).unref();
  };

  /** Writes what waits. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#length = 0;
    this.#stream.write(text);
  };

  /** Writes what waits; nothing more comes. */
  readonly end = (): void => {
    this.flush();
    process.off('exit', this.flush);
  };
}
