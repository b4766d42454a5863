/** Directories that are links on every system we support. */
const MERGED: readonly (readonly [from: string, to: string])[] = [
  ['/var/run/', '/run/'],
  ['/lib/', '/usr/lib/'],
  ['/bin/', '/usr/bin/'],
  ['/sbin/', '/usr/sbin/'],
];

/** True for what is below a directory, not for itself. */
export const isBelow = (path: string, root: string): boolean =>
  path.startsWith(root === '/' ? '/' : `${root}/`);

/** Directories above a path, from the top, `/` left out. */
export function ancestors(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/** A path seen from a directory. */
export const join = (directory: string, rest: string): string =>
  rest.startsWith('/') ? rest : `${directory === '/' ? '' : directory}/${rest}`;

/** Paths already cleaned: each is asked for several times, and on every host. Emptied when it has grown. */
const cleaned = new Map<string, string>();
const MOST_CLEANED = 20_000;

/** Absolute path without `.`, `..` and double slashes, and with the merged directories at their real place. */
export function normal(path: string): string {
  const known = cleaned.get(path);
  if (known !== undefined) return known;
  if (cleaned.size >= MOST_CLEANED) cleaned.clear();
  const clean = withoutDetours(path);
  cleaned.set(path, clean);
  return clean;
}

function withoutDetours(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  const merged = MERGED.find(([from]) => clean.startsWith(from));
  return merged ? merged[1] + clean.slice(merged[0].length) : clean;
}
