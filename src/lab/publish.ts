import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processLives, takeClaim } from './claim.ts';

/**
 * A folder of the cache: returned if it is there, else made by `make` in a temporary folder beside it and renamed, so that
 * a build which was cut off leaves no broken cache. Two processes do not make the same folder at once: the second waits.
 */
export async function publish(folder: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const release = await claim(`${folder}.building`);
  try {
    if (existsSync(folder)) return folder;
    const temporary = mkdtempSync(join(dirname(folder), '.new-'));
    try {
      await make(temporary);
      renameSync(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return folder;
  } finally {
    release();
  }
}

/** Waits until nobody living holds the claim file, then holds it. */
export async function claim(file: string): Promise<() => void> {
  for (;;) {
    const holder = takeClaim(file);
    if (holder === undefined) return () => rmSync(file, { force: true });
    if (!processLives(holder)) rmSync(file, { force: true });
    else await pause(500);
  }
}
