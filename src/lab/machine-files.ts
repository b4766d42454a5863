import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PID_SUFFIX = '.pid';

export const pidFile = (folder: string, name: string): string => join(folder, `${name}${PID_SUFFIX}`);
export const consoleFile = (folder: string, name: string): string => join(folder, `${name}.console`);
export const qmpFile = (folder: string, name: string): string => join(folder, `${name}.qmp`);

/** Process id of a machine that runs; never a stranger that got the same number. */
export function livingPid(folder: string, name: string): number | undefined {
  const file = pidFile(folder, name);
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').trim());
  if (!(pid > 0)) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(file) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The last lines that a machine wrote to its console; without the kernel's stack traces, which come after what matters. */
export function consoleEnd(folder: string, name: string): readonly string[] {
  const file = consoleFile(folder, name);
  if (!existsSync(file)) return [];
  // systemd colours its lines.
  const text = readFileSync(file, 'utf8').replace(/\x1b\[[\d;?]*[A-Za-z]/g, '');
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() && !/^\s*\[<[\da-f]+>\]/.test(line))
    .slice(-12);
}
