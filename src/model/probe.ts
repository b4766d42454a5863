/**
 * What a module may read from a host: a closed set, as data. `shell/` compiles many of them into one script, those
 * of one kind into one process (`stat`, `sha256sum`, `dpkg-query`, `systemctl show`); `sysctl`, `exists` and `program`
 * cost none, they are shell builtins.
 */
export type Probe =
  | Capture
  | ReadFile
  | StatPath
  | PackageProbe
  | UnitProbe
  | SysctlProbe
  | ProgramProbe
  | AccountProbe
  | HereProbe;

/** Runs a program that only reads, and keeps what it printed. */
export interface Capture {
  readonly kind: 'capture';
  readonly argv: readonly string[];
  /** Deadline in ms; 10 000 when left out. */
  readonly timeoutMs?: number;
  /**
   * Network device that it names. Where there is none the program is not run: by a mere question for tunl0 the kernel loads
   * the module that makes it (dev_load in net/core/dev_ioctl.c).
   */
  readonly device?: string;
  /** What it prints hangs on the files below this directory, or, for `/`, on anything: a dry run cannot tell after a change. */
  readonly hangsOn?: string;
}
/**
 * Reads a file; with `expect` its bytes come back only where their SHA-256 differs. With `most` they come back only where
 * they are no more than that; of a larger file only the hash is told. `most: 0` asks for the hash alone.
 */
export interface ReadFile {
  readonly kind: 'readFile';
  readonly path: string;
  /** SHA-256 in lower-case hex. */
  readonly expect?: string;
  /** Bytes. */
  readonly most?: number;
  /** As of `StatPath`. */
  readonly within?: string;
}
/** lstat(2) of a path (a link is not followed unless `follow`). */
export interface StatPath {
  readonly kind: 'stat';
  readonly path: string;
  readonly follow?: boolean;
  /**
   * Name under which the same item asks for the directory that this path is in. Only where that is one is this asked, a round
   * trip later; else the answer is that it is not there.
   */
  readonly within?: string;
}
/** State of a package in dpkg or rpm; with `candidate` also the version that apt or dnf would install. */
export interface PackageProbe {
  readonly kind: 'package';
  readonly name: string;
  readonly candidate?: boolean;
  /** Where it is not installed: ask the package manager what would come. */
  readonly contents?: WantedContents;
}
/** What to ask of a package that is not installed; `files` costs a listing of each package that would come. */
export interface WantedContents {
  readonly files: boolean;
  /** Recommended packages too; left out as the host is set up. */
  readonly recommends?: boolean;
}
/** State of a systemd unit, by full name (`ssh.service`). */
export interface UnitProbe {
  readonly kind: 'unit';
  readonly name: string;
}
/** Live value of a kernel parameter, by dotted name, read from /proc/sys. Names may hold `/` where a part has a dot. */
export interface SysctlProbe {
  readonly kind: 'sysctl';
  readonly name: string;
}
/** Where a program is found on PATH (`command -v`, with the sbin directories added). */
export interface ProgramProbe {
  readonly kind: 'program';
  readonly name: string;
}

/** A user or a group, by name. */
export interface AccountProbe {
  readonly kind: 'account';
  readonly database: 'passwd' | 'group';
  readonly name: string;
}

/** A file of this machine, which its hash is asked of and never its bytes. No host hears of it. */
export interface HereProbe {
  readonly kind: 'here';
  /** Absolute path on this machine; not called `path`, which is a host's. */
  readonly file: string;
}

/** Answer to a `Capture`. `missing`: the program is not on the host (rc 127). A signal gives rc 128+n, as in sh. */
export interface Captured {
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly missing: boolean;
}
/**
 * Answer to a `ReadFile` or `HereProbe`. `content` is left out where the hash was as expected, the file is absent, or larger than
 * `most`. Neither content nor hash: a directory or device is there, or a file of a package still to come.
 */
export interface FileRead {
  readonly exists: boolean;
  readonly sha256?: string;
  readonly content?: Uint8Array;
  /** Bytes; told of a file of this machine. */
  readonly size?: number;
}
/** Answer to a `StatPath`. */
export type Stat = { readonly exists: false } | StatFound;
export interface StatFound {
  readonly exists: true;
  readonly type: 'file' | 'directory' | 'link' | 'block' | 'char' | 'fifo' | 'socket';
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Name of the owner, or the number as text where it has none. */
  readonly owner: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Where a link points to. */
  readonly target?: string;
}
/** Answer to a `PackageProbe`. */
export interface PackageState {
  readonly installed: boolean;
  readonly version?: string;
  readonly candidate?: string;
  /** What its installation would bring, itself included; left out where the host's package manager cannot tell. */
  readonly brings?: readonly PackageListing[];
}
/** A package that would come, with its files where a listing of them is at hand (an archive, apt-file, dnf's cache). */
export interface PackageListing {
  readonly name: string;
  readonly files?: readonly ListedFile[];
}
/** A path of a package; of a bare list nothing but the path is known. */
export interface ListedFile {
  readonly path: string;
  readonly stat?: Pick<StatFound, 'type' | 'mode' | 'owner' | 'group' | 'target'>;
}
/** Answer to a `UnitProbe`, in systemd's own words (`systemctl show`: LoadState, ActiveState, UnitFileState). */
export interface UnitState {
  readonly load: string;
  readonly active: string;
  /** `enabled`, `disabled`, `static`, `masked`, `generated`, `indirect` … or '' where it has none. */
  readonly enabled: string;
}
/** Answer to a `SysctlProbe`; no value where the kernel has no such parameter. Tabs become single blanks. */
export interface SysctlValue {
  readonly value?: string;
}
/** Answer to a `ProgramProbe`. */
export interface ProgramFound {
  readonly path?: string;
}

/** Answer to an `AccountProbe`: its number; none where there is no such user or group. */
export interface AccountFound {
  readonly id?: number;
}

/** The answer that belongs to a probe's type. */
export type AnswerTo<P extends Probe> = P extends Capture
  ? Captured
  : P extends ReadFile | HereProbe
    ? FileRead
    : P extends StatPath
      ? Stat
      : P extends PackageProbe
        ? PackageState
        : P extends UnitProbe
          ? UnitState
          : P extends SysctlProbe
            ? SysctlValue
            : P extends ProgramProbe
              ? ProgramFound
              : P extends AccountProbe
                ? AccountFound
                : never;

/** Any probe's answer. */
export type Answer =
  | Captured
  | FileRead
  | Stat
  | PackageState
  | UnitState
  | SysctlValue
  | ProgramFound
  | AccountFound;

/** A probe that could not be answered: the engine fails the task with it, modules never see one. */
export interface ProbeFailure {
  readonly failed: 'permission-denied' | 'timeout' | 'missing-tool' | 'other';
  readonly detail: string;
}

/** Record of probes that a module's `inspect` returns, and what its `plan` gets for them. */
export type Probes = Readonly<Record<string, Probe>>;
export type Found<P extends Probes> = { readonly [K in keyof P]: AnswerTo<P[K]> };
