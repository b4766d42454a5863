import { Buffer } from 'node:buffer';
import { MarkScanner } from './mark-scanner.ts';

/** What a request printed under one key: a part's own output, or that of a process that serves many parts. */
export class Section {
  rc: number | undefined;
  cutBytes = 0;
  private readonly chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  private readonly room: Record<'stdout' | 'stderr', number>;

  constructor(limitBytes: number) {
    this.room = { stdout: limitBytes, stderr: limitBytes };
  }

  add(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const kept = chunk.subarray(0, this.room[stream]);
    this.room[stream] -= kept.length;
    this.cutBytes += chunk.length - kept.length;
    // A copy, so that a small piece does not keep a whole network buffer alive.
    if (kept.length > 0) this.chunks[stream].push(Buffer.from(kept));
  }

  /** Bytes kept of stdout. */
  get size(): number {
    return this.chunks.stdout.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  bytes(stream: 'stdout' | 'stderr' = 'stdout'): Buffer {
    return Buffer.concat(this.chunks[stream]);
  }

  text(stream: 'stdout' | 'stderr' = 'stdout'): string {
    return this.bytes(stream).toString('utf8');
  }
}

export interface FrameWatch {
  /** Largest number of bytes kept for a section, on each stream. */
  limit(key: string): number;
  /** Bytes of a section as they come. */
  output?(key: string, stream: 'stdout' | 'stderr', chunk: Buffer): void;
  /** Something came; `key` is the section that is open on stdout now. */
  progress?(key: string | undefined): void;
  /** Both streams have seen the end mark. */
  end(): void;
}

/** Collects one frame's answer from the two streams. Bytes outside sections (late ones of a daemon) are dropped. */
export class FrameOutput {
  readonly values = new Map<string, string>();
  readonly sections = new Map<string, Section>();
  /** Section that is open on stdout: what the shell is at. */
  current: string | undefined;
  status: number | undefined;
  private readonly ended = { stdout: false, stderr: false };
  private readonly open: Record<'stdout' | 'stderr', string | undefined> = {
    stdout: undefined,
    stderr: undefined,
  };
  private readonly watch: FrameWatch;

  constructor(watch: FrameWatch) {
    this.watch = watch;
  }

  bytes(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const key = this.open[stream];
    if (key === undefined) return;
    this.section(key).add(stream, chunk);
    this.watch.output?.(key, stream, chunk);
    this.watch.progress?.(this.current);
  }

  mark(stream: 'stdout' | 'stderr', words: readonly string[]): void {
    const [verb = '', key = '', ...rest] = words;
    if (verb === 's') {
      this.open[stream] = key;
      this.section(key);
    } else if (verb === 'c') {
      this.open[stream] = undefined;
      this.section(key).rc = Number(rest[0]);
    } else if (verb === 'v') {
      this.values.set(key, rest.join(' '));
    }
    if (stream === 'stdout') this.current = this.open.stdout;
    if (verb === 'end') {
      this.status = Number(key);
      this.open[stream] = undefined;
      this.ended[stream] = true;
      if (this.ended.stdout && this.ended.stderr) this.watch.end();
      return;
    }
    this.watch.progress?.(this.current);
  }

  /** True where a stream has seen the end mark: what follows on it belongs to the next frame. */
  hasEnded(stream: 'stdout' | 'stderr'): boolean {
    return this.ended[stream];
  }

  private section(key: string): Section {
    const known = this.sections.get(key);
    if (known) return known;
    const section = new Section(this.watch.limit(key));
    this.sections.set(key, section);
    return section;
  }
}

/** A scanner for one stream, which hands what it finds to the frame that is being answered on it. */
export const scanInto = (
  nonce: string,
  stream: 'stdout' | 'stderr',
  frame: () => FrameOutput | undefined,
): MarkScanner =>
  new MarkScanner(nonce, {
    bytes: (chunk) => frame()?.bytes(stream, chunk),
    mark: (words) => frame()?.mark(stream, words),
  });
