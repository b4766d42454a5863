import type { SysctlProbe } from '../../model/probe.ts';
import { type Asked, failure, type Piece, probePiece } from '../piece.ts';
import { quote } from '../quote.ts';

const DEADLINE_MS = 30_000;

/**
 * Path under /proc/sys, as sysctl(8) reads a name: which of `.` and `/` comes first separates, the other is a part's
 * own dot.
 */
export function sysctlPath(name: string): string {
  const first = /[./]/.exec(name)?.[0];
  const swapped = first === '.' ? name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')) : name;
  return `/proc/sys/${swapped}`;
}

/**
 * One `grep` for all parameters. Not the builtin `read`: dash's takes one byte at a time, and the kernel gives out a
 * number only to the first read, so 10 would read as 1.
 */
export function sysctlPiece(parts: readonly Asked<SysctlProbe>[], key: string): Piece {
  const checks = parts.map(({ id, probe }) => {
    const path = quote(sysctlPath(probe.name));
    return `_e ${id} ${path} && set -- "$@" ${path}`;
  });
  const script = [
    'set --',
    ...checks,
    `[ $# = 0 ] || { _b s ${key}; grep -H '' -- "$@"; _b c ${key} $?; }`,
  ].join('\n');
  return probePiece(parts, script, DEADLINE_MS, (frame) => {
    const lines = (frame.sections.get(key)?.text() ?? '').split('\n');
    const why = frame.sections.get(key)?.text('stderr') ?? '';
    return ({ id, probe }) => {
      const path = sysctlPath(probe.name);
      if (/(^|\/)\.\.?(\/|$)/.test(path)) return failure('other', `${probe.name} is not a kernel parameter`);
      if (frame.values.get(String(id)) !== 'y') return {};
      const values = lines.flatMap((line) =>
        line.startsWith(`${path}:`) ? [line.slice(path.length + 1).replace(/\t/g, ' ')] : [],
      );
      if (values.length === 0 && why.includes(`${path}: `)) {
        return failure('permission-denied', why.split('\n').find((line) => line.includes(path)) ?? why);
      }
      return { value: values.join('\n') };
    };
  });
}
