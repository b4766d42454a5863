import { $ } from 'zx/core';

/** Keys that Debian signs its packages with; the package debian-archive-keyring brings them. */
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Where the image's packages come from, as lines of sources.list: TROUPE_DEBIAN_MIRROR; else what this machine's own apt
 * uses, where it is a Debian 12; else none, and mmdebstrap takes Debian's mirror (mmdebstrap(1), MIRROR).
 */
export async function aptSources(): Promise<readonly string[]> {
  const mirror = process.env.TROUPE_DEBIAN_MIRROR;
  if (mirror) return [sourceLine(mirror, 'bookworm')];
  const format = '$(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const asked = await $({ nothrow: true, quiet: true })`apt-get indextargets --format ${format}`;
  return sourcesFromTargets(asked.stdout);
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

const sourceLine = (uri: string, release: string): string =>
  `deb [signed-by=${KEYRING}] ${uri} ${release} main`;
