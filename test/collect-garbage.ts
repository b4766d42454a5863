import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Lets go of all that nothing holds any more, at the end of a turn; answers the bytes that are left. */
export async function collectGarbage(): Promise<number> {
  // Targets of weak references live until the end of a turn, and what they hold until the next collection.
  for (let round = 0; round < 2; round += 1) {
    await turn();
    gc();
  }
  await turn();
  return garbageCollected();
}

/** The same at once, in the middle of a turn. Bytes on the heap and in buffers. */
export function garbageCollected(): number {
  // Buffers are given back in the background of the first one.
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
