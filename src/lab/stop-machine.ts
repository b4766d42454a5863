import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { consoleFile, livingPid, PID_SUFFIX, pidFile, qmpFile } from './machine-files.ts';

/** Ends a machine's process, if it lives, and with it all that belongs to it; removes what it leaves (not its disks). */
export async function stopMachine(folder: string, name: string): Promise<void> {
  const pid = livingPid(folder, name);
  if (pid !== undefined) {
    // Its disks are thrown away, or written as far as a power cut would leave them: there is nothing to flush.
    process.kill(pid, 'SIGKILL');
    while (!hasEnded(pid)) await pause(10);
  }
  for (const file of [pidFile(folder, name), qmpFile(folder, name), consoleFile(folder, name)])
    rmSync(file, { force: true });
}

/** Only then the processes of its namespace are gone, too (pid_namespaces(7)). */
function hasEnded(pid: number): boolean {
  try {
    // Behind the name, in brackets: the state, where Z is a zombie (proc(5)).
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** Ends every machine that has a process id in the folder; answers their names. */
export async function stopAll(folder: string): Promise<readonly string[]> {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = files.flatMap((file) =>
    file.endsWith(PID_SUFFIX) ? [file.slice(0, -PID_SUFFIX.length)] : [],
  );
  for (const name of names) await stopMachine(folder, name);
  return names;
}
