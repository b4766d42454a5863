import { readFileSync } from 'node:fs';
import { fault, Trouble } from '../diagnostics/trouble.ts';

const GIB = 2 ** 30;

/** What starting machines takes of each limit of a process (setrlimit(2)): by its name in /proc/PID/limits. */
const LEAST = [
  { name: 'Max open files', least: 128, option: '-n', what: 'open files' },
  { name: 'Max processes', least: 256, option: '-u', what: 'processes' },
  { name: 'Max file size', least: 8 * GIB, option: '-f', what: 'bytes in a file' },
  { name: 'Max address space', least: 8 * GIB, option: '-v', what: 'bytes of address space' },
];

/** Throws a Trouble with each limit of this process that is too low for machines, which they would only stumble over later. */
export function needLimits(limits = readFileSync('/proc/self/limits', 'utf8')): void {
  const faults = LEAST.flatMap(({ name, least, option, what }) => {
    const [, soft] = new RegExp(`^${name} +(\\d+) `, 'm').exec(limits) ?? [];
    if (soft === undefined || Number(soft) >= least) return [];
    return [
      fault('lab-limit', `This shell allows ${soft} ${what} (ulimit ${option}); the lab wants ${least}.`, {
        help: `Raise it before: ulimit ${option} unlimited, or ${least} at least.`,
      }),
    ];
  });
  if (faults.length > 0) throw new Trouble(faults);
}
