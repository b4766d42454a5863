import { existsSync } from 'node:fs';
import { $ } from 'zx/core';
import { Trouble, trouble } from '../../diagnostics/trouble.ts';
import type { Diagnostic } from '../../model/source.ts';
import { debianMirrors } from '../apt-sources.ts';

/** A package of Debian's main archive, of one version whose sum is known (Debian's index of packages has it). */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: 'amd64' | 'all';
  /** Folder of its source package in the pool. */
  readonly pool: string;
  readonly sha256: string;
}

const NOT_FETCHED = 'lab-package-not-fetched';

/** Fetches a package to a file, by apt's own means, so that its proxies and mirrors hold. */
export async function fetchPackage(wanted: DebianPackage, file: string): Promise<void> {
  const { name, version, architecture, pool, sha256 } = wanted;
  const said: string[] = [];
  for (const mirror of await debianMirrors()) {
    const url = `${mirror}/pool/main/${pool}/${name}_${version}_${architecture}.deb`;
    const got = await $({
      nothrow: true,
      quiet: true,
    })`/usr/lib/apt/apt-helper -o Acquire::Retries=2 download-file ${url} ${file} SHA256:${sha256}`;
    if (got.exitCode === 0 && existsSync(file)) return;
    said.push(got.stderr.trim().split('\n').at(-1) ?? '');
  }
  throw trouble(
    NOT_FETCHED,
    `Debian's ${name} ${version} could not be fetched: ${said.at(-1) || 'no mirror of Debian is known'}.`,
    { help: 'Name a mirror that has it: TROUPE_DEBIAN_MIRROR.' },
  );
}

/**
 * What `make` makes of the first package that can be fetched, the best first: Debian's archive drops versions. Where there is
 * none, why not.
 */
export async function fromFirst<Package extends DebianPackage, Made>(
  packages: readonly Package[],
  make: (wanted: Package) => Promise<Made>,
): Promise<{ readonly made: Made } | { readonly refusals: readonly Diagnostic[] }> {
  const refusals: Diagnostic[] = [];
  for (const wanted of packages) {
    try {
      return { made: await make(wanted) };
    } catch (error) {
      if (!(error instanceof Trouble) || error.diagnostics.some(({ code }) => code !== NOT_FETCHED))
        throw error;
      refusals.push(...error.diagnostics);
    }
  }
  return { refusals };
}
