import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { shortHash } from './folders.ts';

/** What gives a lock back. */
export type Release = () => void;

/**
 * Takes the lock of a folder; undefined where another process holds it. The kernel frees it when its holder ends, however
 * that comes about: it is a name in Linux's abstract socket namespace (unix(7)).
 */
export const tryLock = (folder: string): Promise<Release | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(`\0troupe-lab-${process.getuid?.()}-${shortHash(folder)}`, () =>
      resolve(() => server.close()),
    );
  });

/** Takes the lock of a folder, waiting for whoever holds it; `onWait` is called once when it has to wait. */
export async function lock(folder: string, onWait: () => void): Promise<Release> {
  for (let waited = false; ; waited = true) {
    const release = await tryLock(folder);
    if (release) return release;
    if (!waited) onWait();
    await pause(200);
  }
}
