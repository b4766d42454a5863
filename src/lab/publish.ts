import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lock, tryLock } from './lock.ts';
import type { LabOptions } from './progress.ts';
import { stopAll } from './stop-machine.ts';

const UNFINISHED = '.new-';

/**
 * A folder of the cache: returned if it is there, else made by `make` in a temporary folder beside it and renamed, so that
 * a build which was cut off leaves no broken cache. Two processes do not make the same folder at once: the second waits.
 */
export async function publish(
  folder: string,
  options: Pick<LabOptions, 'onProgress'>,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const release = await lock(folder, () =>
    options.onProgress({ phase: 'waiting', detail: `another process makes ${folder}` }),
  );
  try {
    if (existsSync(folder)) return folder;
    for (const old of unfinished(dirname(folder), basename(folder))) await discard(old);
    const temporary = mkdtempSync(`${folder}${UNFINISHED}`);
    try {
      await make(temporary);
      renameSync(temporary, folder);
    } finally {
      await discard(temporary);
    }
    return folder;
  } finally {
    release();
  }
}

/** Takes away what builds left behind that were cut off, their machines included. Builds that are under way stay. */
export async function sweep(parent: string): Promise<void> {
  for (const left of unfinished(parent)) {
    const release = await tryLock(left.slice(0, left.lastIndexOf(UNFINISHED)));
    if (!release) continue;
    await discard(left);
    release();
  }
}

const unfinished = (parent: string, name = ''): readonly string[] =>
  existsSync(parent)
    ? readdirSync(parent)
        .filter((each) => each.startsWith(name) && each.includes(UNFINISHED))
        .map((each) => join(parent, each))
    : [];

async function discard(folder: string): Promise<void> {
  await stopAll(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
