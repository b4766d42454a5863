import { Buffer } from 'node:buffer';

/** Takes what lies between marks, and the marks. */
export interface MarkSink {
  bytes(chunk: Buffer): void;
  mark(words: readonly string[]): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * Finds the marks `NONCE|word word…\n` in a stream of raw bytes, however it is cut into chunks. Bytes are passed on at
 * once, but for the few that may be the beginning of a mark.
 */
export class MarkScanner {
  private rest: Buffer = NOTHING;
  private readonly needle: Buffer;
  private readonly sink: MarkSink;

  constructor(nonce: string, sink: MarkSink) {
    this.needle = Buffer.from(`${nonce}|`);
    this.sink = sink;
  }

  feed(chunk: Buffer): void {
    let data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      const at = data.indexOf(this.needle);
      if (at < 0) break;
      const end = data.indexOf(10, at);
      if (at > 0) this.sink.bytes(data.subarray(0, at));
      if (end < 0) {
        this.keep(data.subarray(at));
        return;
      }
      const words = data.toString('utf8', at + this.needle.length, end).split(' ');
      data = data.subarray(end + 1);
      this.sink.mark(words);
    }
    const kept = this.startOfMark(data);
    if (kept < data.length) this.sink.bytes(data.subarray(0, data.length - kept));
    this.keep(data.subarray(data.length - kept));
  }

  /** A copy: a part of a chunk, were it empty, would keep the whole chunk alive until the next one comes. */
  private keep(rest: Buffer): void {
    this.rest = rest.length === 0 ? NOTHING : Buffer.from(rest);
  }

  /** Length of the longest end of `data` that a mark may begin with. */
  private startOfMark(data: Buffer): number {
    for (let length = Math.min(this.needle.length - 1, data.length); length > 0; length--) {
      if (data.subarray(data.length - length).equals(this.needle.subarray(0, length))) return length;
    }
    return 0;
  }
}
