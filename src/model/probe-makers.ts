import type {
  AccountProbe,
  Capture,
  HereProbe,
  PackageProbe,
  Probe,
  ProgramProbe,
  ReadFile,
  StatPath,
  SysctlProbe,
  UnitProbe,
} from './probe.ts';

export const capture = (...argv: readonly string[]): Capture => ({ kind: 'capture', argv });
export const readFile = (path: string, options: Omit<ReadFile, 'kind' | 'path'> = {}): ReadFile => ({
  kind: 'readFile',
  path,
  ...options,
});
export const stat = (path: string, options: Omit<StatPath, 'kind' | 'path'> = {}): StatPath => ({
  kind: 'stat',
  path,
  ...options,
});
export const packageState = (
  name: string,
  options: Pick<PackageProbe, 'candidate' | 'contents'> = {},
): PackageProbe => ({
  kind: 'package',
  name,
  ...options,
});
export const unit = (name: string): UnitProbe => ({ kind: 'unit', name });
export const sysctlValue = (name: string): SysctlProbe => ({ kind: 'sysctl', name });
export const program = (name: string): ProgramProbe => ({ kind: 'program', name });
export const here = (file: string): HereProbe => ({ kind: 'here', file });
export const account = (database: AccountProbe['database'], name: string): AccountProbe => ({
  kind: 'account',
  database,
  name,
});

/** Two probes with the same key ask the same of a host (what is expected of a file is not part of the question). */
export function probeKey(probe: Probe): string {
  switch (probe.kind) {
    case 'capture':
      return `capture ${JSON.stringify(probe.argv)}`;
    case 'stat':
      return `stat ${probe.follow ? 'follow ' : ''}${probe.path}`;
    case 'readFile':
      return `readFile ${probe.path}`;
    case 'package':
      return `package ${probe.candidate ? 'candidate ' : ''}${probe.contents ? 'contents ' : ''}${probe.name}`;
    case 'here':
      return `here ${probe.file}`;
    case 'account':
      return `account ${probe.database} ${probe.name}`;
    default:
      return `${probe.kind} ${probe.name}`;
  }
}
