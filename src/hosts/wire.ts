import type { Buffer } from 'node:buffer';
import { FrameOutput, type FrameWatch, scanInto } from '../shell/frame-output.ts';
import type { MarkScanner } from '../shell/mark-scanner.ts';
import type { Channel, ChannelEnd } from './channel.ts';

type Watch = Omit<FrameWatch, 'end'>;
interface Pending {
  readonly output: FrameOutput;
  readonly reject: (error: unknown) => void;
}

/** A packet less where one request follows the other. */
const SETTLE_MS = 20;

/** Frames over a channel to a running loop, answered in the order sent. */
export class Wire {
  /** How the channel ended; undefined while it is open. */
  ended: ChannelEnd | undefined;
  private readonly pending: Pending[] = [];
  private readonly channel: Channel;
  private readonly lost: (how: ChannelEnd) => Error;
  private readonly goodbye: (() => void)[] = [];
  private heart: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private readonly scanners: Record<'stdout' | 'stderr', MarkScanner>;
  private listens = false;

  /** `lost` makes the error of the requests under way when the channel ends. */
  constructor(channel: Channel, nonce: string, lost: (how: ChannelEnd) => Error) {
    this.channel = channel;
    this.lost = lost;
    // Each stream goes at its own pace: one may be at the next answer while the other is still at this one.
    const scanner = (stream: 'stdout' | 'stderr') =>
      scanInto(nonce, stream, () => this.pending.find(({ output }) => !output.hasEnded(stream))?.output);
    this.scanners = { stdout: scanner('stdout'), stderr: scanner('stderr') };
  }

  /** Sends bytes, if they are not sent yet; resolves with what came back when both streams have seen the end mark. */
  async request(bytes: Buffer | undefined, watch: Watch): Promise<FrameOutput> {
    const { output, answer } = this.begin(bytes, watch);
    await answer;
    return output;
  }

  /** The same, with the output as far as it has come. */
  begin(
    bytes: Buffer | undefined,
    watch: Watch,
  ): { readonly output: FrameOutput; readonly answer: Promise<void> } {
    let done: () => void = () => {};
    const output = new FrameOutput({
      ...watch,
      end: () => {
        this.pending.shift();
        done();
      },
    });
    const answer = new Promise<void>((resolve, reject) => {
      done = resolve;
      if (this.ended) {
        reject(this.lost(this.ended));
        return;
      }
      this.pending.push({ output, reject });
      clearTimeout(this.settling);
      this.settling = undefined;
      if (bytes) this.channel.write(bytes);
      this.listen();
    });
    return { output, answer };
  }

  /** Not before there is a request: its answer may have come already. */
  private listen(): void {
    if (this.listens) return;
    this.listens = true;
    this.channel.listen({
      output: (stream, chunk) => this.scanners[stream].feed(chunk),
      end: (how) => this.end(how),
    });
  }

  /** A word to the reader: `b` heartbeat, `d` the answer is here, `k` end what runs, `x` good-bye. */
  tell(word: 'b' | 'd' | 'k' | 'x'): void {
    if (!this.ended) this.channel.write(`${word}\n`);
  }

  /** The answer is here: says so, unless the next request, which says it too, comes at once. */
  settle(): void {
    if (!this.ended) this.settling ??= setTimeout(() => this.settled(), SETTLE_MS).unref();
  }

  private settled(): void {
    if (this.settling === undefined) return;
    clearTimeout(this.settling);
    this.settling = undefined;
    this.tell('d');
  }

  /** Sends heartbeats from now on until the end: the watchdog on the host, once armed, stays so. */
  keepAlive(everyMs: number): void {
    if (!this.ended) this.heart ??= setInterval(() => this.tell('b'), everyMs).unref();
  }

  /** Bytes for the request that runs. */
  write(bytes: string): void {
    if (!this.ended) this.channel.write(bytes);
  }

  /** The same; resolves when the other end has room for more, perhaps never once the channel has ended. */
  send(bytes: Buffer): Promise<void> {
    return this.ended ? Promise.resolve() : this.channel.send(bytes);
  }

  /** Holds the answers, or lets them come again. */
  pause(on: boolean): void {
    if (!this.ended) this.channel.pause(on);
  }

  /** Closes without good-bye: the watchdog on the host ends what still runs. */
  abandon(): void {
    this.channel.close();
    this.end({ code: null });
  }

  /** Says good-bye and waits until the shell has gone, but no longer than `atMostMs`. */
  async close(atMostMs: number): Promise<void> {
    if (this.ended) return;
    this.settled();
    this.tell('x');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.goodbye.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.channel.close();
  }

  private end(how: ChannelEnd): void {
    this.ended ??= how;
    clearInterval(this.heart);
    clearTimeout(this.settling);
    for (const { reject } of this.pending.splice(0)) reject(this.lost(how));
    for (const resolve of this.goodbye.splice(0)) resolve();
  }
}
