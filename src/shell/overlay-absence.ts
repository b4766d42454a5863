import type {
  AccountFound,
  Answer,
  Captured,
  PackageState,
  Probe,
  ProgramFound,
  SysctlValue,
  UnitState,
} from '../model/probe.ts';

/** Places that are the administrator's own: packages put no files there. */
const OWN = [
  '/etc/exports.d',
  '/etc/systemd/network',
  '/etc/systemd/system',
  '/home',
  '/mnt',
  '/proc',
  '/root',
  '/run/systemd/system',
  '/srv',
  '/sys',
  '/tmp',
  '/usr/local',
  '/var/lib/troupe',
  '/var/tmp',
];

/** True below places that are the administrator's own, where no package puts files. */
export const administrators = (path: string): boolean =>
  OWN.some((place) => path === place || path.startsWith(`${place}/`));

/** True where an answer says that there is no such thing. */
export function isAbsent(probe: Probe, answer: Answer): boolean {
  switch (probe.kind) {
    case 'capture':
      return (answer as Captured).missing;
    case 'stat':
    case 'readFile':
    case 'here':
      return !(answer as { readonly exists: boolean }).exists;
    case 'package':
      return !(answer as PackageState).installed;
    case 'unit':
      return (answer as UnitState).load === 'not-found';
    case 'sysctl':
      return (answer as SysctlValue).value === undefined;
    case 'program':
      return (answer as ProgramFound).path === undefined;
    case 'account':
      return (answer as AccountFound).id === undefined;
  }
}

/** The answer of a host that has no such thing. */
export function absenceOf(probe: Probe): Answer {
  switch (probe.kind) {
    case 'capture':
      return { rc: 127, stdout: '', stderr: `${probe.argv[0] ?? ''}: not found`, missing: true };
    case 'stat':
    case 'readFile':
    case 'here':
      return { exists: false };
    case 'package':
      return { installed: false };
    case 'unit':
      return { load: 'not-found', active: 'inactive', enabled: '' };
    default:
      return {};
  }
}
