import { readFileSync } from 'node:fs';
import { $, which } from 'zx/core';

/** Keys that Debian signs its packages with; the package debian-archive-keyring brings them. */
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Where the image's packages come from, as lines of sources.list: TROUPE_DEBIAN_MIRROR; else what this machine's own apt
 * uses, where it is a Debian 12; else none, and mmdebstrap takes Debian's mirror (mmdebstrap(1), MIRROR).
 */
export async function aptSources(): Promise<readonly string[]> {
  const mirror = process.env.TROUPE_DEBIAN_MIRROR;
  if (mirror) return [sourceLine(mirror, 'bookworm')];
  return sourcesFromTargets(await indexTargets());
}

/** Mirrors of Debian's main archive, the best first: TROUPE_DEBIAN_MIRROR; else those of this machine's apt; else mmdebstrap's. */
export async function debianMirrors(): Promise<readonly string[]> {
  const mirror = process.env.TROUPE_DEBIAN_MIRROR;
  if (mirror) return [trimmed(mirror)];
  const own = mirrorsFromTargets(await indexTargets());
  if (own.length > 0) return own;
  const program = await which('mmdebstrap', { nothrow: true });
  const [, last] =
    /\$mirror\s*=\s*'(https?:[^']+\/debian)'/.exec(program ? readFileSync(program, 'utf8') : '') ?? [];
  return last ? [last] : [];
}

async function indexTargets(): Promise<string> {
  const format = '$(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)';
  return (await $({ nothrow: true, quiet: true })`apt-get indextargets --format ${format}`).stdout;
}

/** Debian 12's own repositories among the index targets of apt (apt-get(8), indextargets); none unless its main one is. */
export function sourcesFromTargets(targets: string): readonly string[] {
  const lines = new Set<string>();
  let complete = false;
  for (const target of targets.split('\n')) {
    const [kind, uri, release = '', component] = target.split(' ');
    if (kind !== 'Packages' || !uri || component !== 'main') continue;
    if (!/^bookworm(-updates|-security)?$/.test(release)) continue;
    complete ||= release === 'bookworm';
    lines.add(sourceLine(uri, release));
  }
  return complete ? [...lines] : [];
}

/** Mirrors of Debian's archive, of any release, among the index targets of apt. Security updates are in an archive apart. */
export function mirrorsFromTargets(targets: string): readonly string[] {
  const mirrors = targets.split('\n').flatMap((target) => {
    const [kind, uri, release = '', component, origin] = target.split(' ');
    const isMain = kind === 'Packages' && component === 'main' && origin === 'Debian';
    return isMain && uri && !release.endsWith('-security') ? [trimmed(uri)] : [];
  });
  return [...new Set(mirrors)];
}

const trimmed = (uri: string): string => uri.replace(/\/+$/, '');

const sourceLine = (uri: string, release: string): string =>
  `deb [signed-by=${KEYRING}] ${uri} ${release} main`;
