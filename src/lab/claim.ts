import { readFileSync, writeFileSync } from 'node:fs';

/** Tries to make a claim file with our process id; answers undefined when it is ours, else the holder's id. */
export function takeClaim(file: string): number | undefined {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  try {
    return Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

/** True where a process of that id lives (and is not ourselves under a reused number). */
export function processLives(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
