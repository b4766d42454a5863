import type { Probe, StatFound, UnitState } from '../model/probe.ts';
import { account, program, readFile, stat, unit } from '../model/probe-makers.ts';
import type { Brought } from '../model/step.ts';
import { unknown } from '../model/value.ts';

/** What a package brings that other tasks ask for. Directories and files are of root, with the usual modes. */
export interface PackageContents {
  /** State of each unit right after the package was installed for the first time. */
  readonly units?: Readonly<Record<string, UnitAtInstall>>;
  /** Whole paths. */
  readonly programs?: readonly string[];
  readonly directories?: readonly string[];
  readonly files?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  /** Modes of programs and files that are not 0755 and 0644. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Users and groups that it makes. */
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  /** Packages that come with it, of the same table. */
  readonly needs?: readonly string[];
}

/** `running`: enabled and started; `enabled` and `started`: just that. `pulled`: static, started by another unit. */
export type UnitAtInstall = 'running' | 'pulled' | 'enabled' | 'started' | 'off' | 'static' | 'script';

const STATES: Readonly<Record<UnitAtInstall, UnitState>> = {
  running: { load: 'loaded', active: 'active', enabled: 'enabled' },
  enabled: { load: 'loaded', active: 'inactive', enabled: 'enabled' },
  started: { load: 'loaded', active: 'active', enabled: 'disabled' },
  off: { load: 'loaded', active: 'inactive', enabled: 'disabled' },
  static: { load: 'loaded', active: 'inactive', enabled: 'static' },
  pulled: { load: 'loaded', active: 'active', enabled: 'static' },
  // Started, from an init script.
  script: { load: 'loaded', active: 'active', enabled: 'generated' },
};

/** Contents of a package, and after it of those that come with it; undefined where the table does not know it. */
export function contentsOf(
  name: string,
  table: Readonly<Record<string, PackageContents>>,
): readonly PackageContents[] | undefined {
  const found = table[name];
  return found && [found, ...(found.needs ?? []).flatMap((needed) => contentsOf(needed, table) ?? [])];
}

/** What probes answer once a package with these contents is there. */
export function broughtBy(name: string, contents: PackageContents): readonly Brought[] {
  const { units = {}, programs = [], directories = [], files = [], links = {}, modes = {} } = contents;
  const { users = [], groups = [] } = contents;
  const file = (path: string): StatFound => ({
    ...FILE,
    mode: modes[path] ?? (programs.includes(path) ? 0o755 : 0o644),
  });
  return [
    ...Object.entries(units).map(([unitName, state]) => ({ probe: unit(unitName), answer: STATES[state] })),
    ...programs.flatMap((path) => [
      { probe: program(path.slice(path.lastIndexOf('/') + 1)), answer: { path } },
      ...seen(path, file(path)),
    ]),
    ...users.map((user) => ({ probe: account('passwd', user), answer: { id: Number.NaN } })),
    ...groups.map((group) => ({ probe: account('group', group), answer: { id: Number.NaN } })),
    ...directories.flatMap((path) => seen(path, { ...FILE, type: 'directory', mode: 0o755 })),
    ...[...programs, ...files, ...Object.keys(links)].map((path) => ({
      probe: readFile(path),
      answer: unknown(`it comes with the package ${name}`),
    })),
    ...files.flatMap((path) => seen(path, file(path))),
    ...Object.entries(links).flatMap(([path, target]) => [
      { probe: stat(path), answer: { ...FILE, type: 'link', mode: 0o777, target } as const },
      { probe: stat(path, { follow: true }), answer: file(path) },
    ]),
  ];
}

/** What goes with a package when it is removed: its configuration stays. */
export function takenWith(contents: PackageContents): readonly Probe[] {
  return [
    ...Object.keys(contents.units ?? {}).map((name) => unit(name)),
    ...(contents.programs ?? []).flatMap((path) => [
      program(path.slice(path.lastIndexOf('/') + 1)),
      stat(path),
      stat(path, { follow: true }),
      readFile(path),
    ]),
  ];
}

const seen = (path: string, answer: StatFound): readonly Brought[] => [
  { probe: stat(path), answer },
  { probe: stat(path, { follow: true }), answer },
];

const FILE: StatFound = {
  exists: true,
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  owner: 'root',
  group: 'root',
  size: Number.NaN,
  mtime: Number.NaN,
};
