import type { Facts } from '../model/facts.ts';
import type { Answer, Captured, PackageState, Probe, UnitState } from '../model/probe.ts';
import { probeKey } from '../model/probe-makers.ts';
import type { Overlay } from '../shell/overlay.ts';

/** A file by its text, or with its attributes. */
export type HeldFile =
  | string
  | {
      readonly content: string | Uint8Array;
      readonly mode?: number;
      readonly owner?: string;
      readonly group?: string;
    };

/** What a fake host holds at the start. Directories above files are there by themselves. */
export interface Belongings {
  readonly files?: Readonly<Record<string, HeldFile>>;
  readonly directories?: Readonly<
    Record<string, { readonly mode?: number; readonly owner?: string; readonly group?: string }>
  >;
  readonly links?: Readonly<Record<string, string>>;
  /** Versions by name. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Versions that the repositories have, by name. */
  readonly candidates?: Readonly<Record<string, string>>;
  readonly units?: Readonly<Record<string, Partial<UnitState>>>;
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Programs on PATH besides those of a bare Debian. */
  readonly programs?: readonly string[];
  /** Users, each with a group of its name, besides those of a bare Debian. */
  readonly accounts?: readonly string[];
  readonly captures?: readonly (Partial<Captured> & { readonly argv: readonly string[] })[];
  /** Any other answer. */
  readonly answers?: readonly (readonly [Probe, Answer])[];
}

/** A bare Debian 12 with one card, where root is logged in. */
export const FAKE_FACTS: Facts = {
  hostname: 'fake',
  os: {
    family: 'debian',
    id: 'debian',
    version: '12',
    codename: 'bookworm',
    name: 'Debian GNU/Linux 12 (bookworm)',
  },
  kernel: '6.1.0-31-cloud-amd64',
  arch: 'x86_64',
  memory_mib: 384,
  cpus: 1,
  package_manager: 'apt',
  service_manager: 'systemd',
  network_owner: 'networkd',
  selinux: 'disabled',
  interfaces: { lan0: { mac: '52:54:00:00:00:01', mtu: 1500, up: true, addresses: ['10.0.0.2/24'] } },
  default_gateway: '10.0.0.1',
  default_interface: 'lan0',
  addresses: ['10.0.0.2'],
  user: 'root',
  uid: 0,
};

/** Puts what a host holds where the overlay or the returned answers will find it. */
export function furnish(overlay: Overlay, held: Belongings): ReadonlyMap<string, Answer> {
  for (const [path, attributes] of Object.entries(held.directories ?? {})) {
    overlay.act({ kind: 'makeDirectory', path, ...attributes });
  }
  for (const [path, file] of Object.entries(held.files ?? {})) {
    const { content, ...attributes } = typeof file === 'string' ? { content: file } : file;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const directory = path.slice(0, path.lastIndexOf('/'));
    if (directory !== '') overlay.act({ kind: 'makeDirectory', path: directory });
    overlay.act({ kind: 'writeFile', path, content: bytes, ...attributes });
  }
  for (const [path, target] of Object.entries(held.links ?? {})) {
    overlay.act({ kind: 'makeLink', path, target });
  }
  return new Map(answersOf(held).map(([probe, answer]) => [probeKey(probe), answer]));
}

function answersOf(held: Belongings): readonly (readonly [Probe, Answer])[] {
  const names = new Set([...Object.keys(held.packages ?? {}), ...Object.keys(held.candidates ?? {})]);
  return [
    ...[...names].flatMap((name) => {
      const version = held.packages?.[name];
      const candidate = held.candidates?.[name] ?? version;
      const state: PackageState = {
        installed: version !== undefined,
        ...(version === undefined ? {} : { version }),
      };
      return [
        [{ kind: 'package', name }, state],
        [
          { kind: 'package', name, candidate: true },
          candidate === undefined ? state : { ...state, candidate },
        ],
      ] as const;
    }),
    ...Object.entries(held.units ?? {}).map(([name, state]) => {
      return [
        { kind: 'unit', name },
        { load: 'loaded', active: 'inactive', enabled: 'disabled', ...state },
      ] as const;
    }),
    ...Object.entries(held.sysctls ?? {}).map(
      ([name, value]) => [{ kind: 'sysctl', name }, { value }] as const,
    ),
    ...(held.programs ?? []).map(
      (name) => [{ kind: 'program', name }, { path: `/usr/bin/${name}` }] as const,
    ),
    ...(held.accounts ?? []).flatMap((name) =>
      (['passwd', 'group'] as const).map(
        (database) => [{ kind: 'account', database, name }, { id: 1000 }] as const,
      ),
    ),
    ...(held.captures ?? []).map(({ argv, ...captured }) => {
      return [
        { kind: 'capture', argv },
        { rc: 0, stdout: '', stderr: '', missing: false, ...captured },
      ] as const;
    }),
    ...(held.answers ?? []),
  ];
}
