/** What a host's programs can do, asked for once when a shell starts. */
export interface Tools {
  readonly stat: boolean;
  readonly sha256sum: boolean;
  readonly base64: boolean;
  /** `head -c N FILE`. */
  readonly head: boolean;
  readonly flock: boolean;
  readonly systemctl: boolean;
  /** `rm --one-file-system`: not in busybox. */
  readonly oneFileSystem: boolean;
  /** `sync FILE`: busybox's may not know it and write out every disk. */
  readonly syncFile: boolean;
}

/** Programs that are looked for on PATH. */
export const TOOL_NAMES = [
  'stat',
  'sha256sum',
  'base64',
  'head',
  'flock',
  'systemctl',
  'readlink',
  'rm',
  'sync',
] as const;

/** Tools from the paths found, and whether they are busybox's (which `readlink -f` of rm told). */
export function toolsFrom(paths: ReadonlyMap<string, string>, busybox: boolean): Tools {
  return {
    stat: paths.has('stat'),
    sha256sum: paths.has('sha256sum'),
    base64: paths.has('base64'),
    head: paths.has('head'),
    flock: paths.has('flock'),
    systemctl: paths.has('systemctl'),
    oneFileSystem: !busybox,
    syncFile: paths.has('sync') && !busybox,
  };
}
