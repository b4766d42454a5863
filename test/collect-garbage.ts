import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Lets go of all that nothing holds any more; answers the bytes that are left on the heap and in buffers. */
export async function collectGarbage(): Promise<number> {
  // Targets of weak references live until the end of a turn, and what they hold until the next collection.
  for (let round = 0; round < 3; round += 1) {
    await turn();
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
