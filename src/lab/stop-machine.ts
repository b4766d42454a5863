import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { consoleFile, livingPid, pidFile, qmpFile } from './qemu.ts';

/** Ends a machine's QEMU, if it lives, and removes what it leaves in the folder (not its disks). */
export async function stopMachine(folder: string, name: string): Promise<void> {
  const pid = livingPid(folder, name);
  if (pid !== undefined) {
    // Its disks are thrown away or already saved: there is nothing to flush.
    process.kill(pid, 'SIGKILL');
    while (livingPid(folder, name) !== undefined) await pause(20);
  }
  for (const file of [pidFile(folder, name), qmpFile(folder, name), consoleFile(folder, name)])
    rmSync(file, { force: true });
}
