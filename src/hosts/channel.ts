import { Buffer } from 'node:buffer';

/** How a program at the other end of a channel ended. `code` null: killed by a signal, or nobody knows. */
export interface ChannelEnd {
  readonly code: number | null;
  readonly signal?: string;
}

export interface ChannelListener {
  output(stream: 'stdout' | 'stderr', chunk: Buffer): void;
  end(how: ChannelEnd): void;
}

/** What came on a channel, in its order. */
export type Heard = readonly (readonly ['stdout' | 'stderr', Buffer])[];

/** A program that runs at the other end, with its three streams as raw bytes. */
export interface Channel {
  write(data: Buffer | string): void;
  /** Writes, and resolves when the other end has room for more; perhaps never once the channel has ended. */
  send(data: Buffer): Promise<void>;
  /** Holds what comes on stdout, so that the other end has to wait, or lets it come again. */
  pause(on: boolean): void;
  /** Replaces the listener; who comes after the end is told at once. */
  listen(listener: ChannelListener): void;
  /** Ends listening; what was heard and is meant for the next listener is told to that one, with what comes until then. */
  handOn(heard: Heard): void;
  close(): void;
}

/** Starts a program on the host. */
export type Launch = (argv: readonly string[]) => Promise<Channel>;

/** The listener's side of a channel: keeps the end for who listens later. */
export class ChannelEars {
  private listener: ChannelListener | undefined;
  private ended: ChannelEnd | undefined;
  /** What came before anybody listened: the ready mark may share a packet with the channel's opening. */
  private early: Heard[number][] = [];

  listen(listener: ChannelListener): void {
    this.listener = listener;
    // Any of it may be the last that this listener wants.
    for (const [stream, chunk] of this.early.splice(0)) this.output(stream, chunk);
    if (this.ended) this.listener?.end(this.ended);
  }

  handOn(heard: Heard): void {
    this.listener = undefined;
    this.early.push(...heard);
  }

  output(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.listener) this.listener.output(stream, chunk);
    else this.early.push([stream, chunk]);
  }

  end(how: ChannelEnd): void {
    if (this.ended) return;
    this.ended = how;
    this.listener?.end(how);
  }
}

/**
 * The writer's side of a channel: what is written in one turn of the event loop goes out as one piece. A packet costs a
 * cipher, a system call and, on the other side, a reader's turn.
 */
export class ChannelMouth {
  readonly #send: (data: Buffer) => void;
  #waiting: Buffer[] = [];

  constructor(send: (data: Buffer) => void) {
    this.#send = send;
  }

  write(data: Buffer | string): void {
    if (this.#waiting.length === 0) process.nextTick(() => this.flush());
    this.#waiting.push(typeof data === 'string' ? Buffer.from(data) : data);
  }

  /** Sends what waits, before the turn is over. */
  flush(): void {
    const [first, ...more] = this.#waiting;
    if (!first) return;
    this.#waiting = [];
    this.#send(more.length === 0 ? first : Buffer.concat([first, ...more]));
  }
}
