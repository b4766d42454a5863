import type { Buffer } from 'node:buffer';
import { doneKey, type Frame } from '../shell/compile-request.ts';
import type { FrameOutput, FrameWatch } from '../shell/frame-output.ts';
import { HEARTBEAT_MS } from './open-shell.ts';
import type { Wire } from './wire.ts';

export interface FrameResult {
  readonly output: FrameOutput;
  /** Pieces that were completed; the one after them is where it stopped, if there is one. */
  readonly complete: number;
  /** A deadline passed. */
  readonly expired: boolean;
  /** Why an action failed that the host knows nothing of. */
  readonly fault?: string;
}

/** How a transfer hangs together with the answer to its request. */
export interface Beside {
  /** Resolves when the answer is there, or the channel has ended: nothing more is to be sent then. */
  readonly over: Promise<void>;
  /** True as soon as it has. */
  readonly isOver: () => boolean;
  /** Bytes have gone out. */
  readonly progress: () => void;
}

/** How long the shell may take to tell what was printed until it was ended. */
const KILL_GRACE_MS = 3_000;
/** Before the first piece begins: the request travels, and the host may be busy. */
const TRAVEL_MS = 20_000;

/**
 * Sends a frame and keeps the deadlines of its pieces, here and not on the host: they cost no process. When one
 * passes, what runs is ended and the shell is given up with it: the wire is then `ended`. `carry` sends what travels
 * besides.
 */
export async function runFrame(
  wire: Wire,
  frame: Frame,
  bytes: Buffer,
  watch: Pick<FrameWatch, 'limit' | 'output'>,
  carry?: (beside: Beside) => Promise<void>,
): Promise<FrameResult> {
  let complete = 0;
  let begun = false;
  let expired = false;
  let timer: NodeJS.Timeout | undefined;
  let armedMs = 0;
  let seen: FrameOutput | undefined;
  let giveUp: () => void = () => {};
  const givenUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const expire = (): void => {
    expired = true;
    wire.tell('k');
    timer = setTimeout(giveUp, KILL_GRACE_MS);
  };
  const arm = (extraMs: number): void => {
    if (expired) return;
    const deadline = frame.pieces[complete]?.deadlineMs;
    // Put off again and again, for each piece of a file that comes: cheaper than another timer.
    if (timer && deadline !== undefined && armedMs === deadline + extraMs) {
      timer.refresh();
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    if (deadline === undefined) return;
    armedMs = deadline + extraMs;
    timer = setTimeout(expire, armedMs);
  };
  const progress = (): void => {
    if (expired || !seen) return;
    const before = complete;
    while (seen.values.has(doneKey(complete))) complete += 1;
    // Bytes of files are progress, too; a capture's are not.
    const first = !begun;
    begun = true;
    if (first || complete !== before || (frame.pieces[complete]?.whole.length ?? 0) > 0) arm(0);
  };
  arm(TRAVEL_MS);
  if (frame.acts) wire.keepAlive(HEARTBEAT_MS);
  const { output: sent, answer } = wire.begin(bytes, { ...watch, progress });
  seen = sent;
  let isOver = false;
  let leave: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    leave = () => {
      isOver = true;
      resolve();
    };
  });
  const carried = carry?.({ over, isOver: () => isOver, progress: () => arm(0) });
  try {
    const ended = await Promise.race([answer.then(() => true), givenUp.then(() => false)]);
    // Nothing may follow the word that the answer is here.
    leave();
    if (expired) {
      // Also where the request has ended: what does not heed TERM is still there, and the watchdog will kill it.
      if (!ended) answer.catch(() => undefined);
      wire.abandon();
    } else {
      wire.settle();
      progress();
    }
    return { output: sent, complete, expired };
  } finally {
    clearTimeout(timer);
    leave();
    await carried;
  }
}
