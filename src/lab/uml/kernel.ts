import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $, which } from 'zx/core';
import { Trouble, trouble } from '../../diagnostics/trouble.ts';
import { debianMirrors } from '../apt-sources.ts';
import { cacheFolder } from '../folders.ts';
import type { LabOptions } from '../progress.ts';
import { publish } from '../publish.ts';
import { runTool } from '../run-tool.ts';
import { forOlderLibc } from './older-libc.ts';

/** A kernel that runs as a program, and its modules. */
export interface UmlKernel {
  /** Tells it from all others. */
  readonly key: string;
  /** For people: where it comes from. */
  readonly title: string;
  readonly program: string;
  /** Folder of its modules, named by its release. */
  readonly modules: string;
}

/**
 * Packages `user-mode-linux` of Debian that the lab was tried with, the best first (Debian's index of packages has the sums).
 * 7.2 runs its guests by seccomp, which is twice as quick as ptrace, and on processors with AMX, where those before 6.16 stop
 * at their first program.
 */
const DEBIAN = [
  { version: '7.2um1', sha256: 'f947c9244fd79d481299df2ad68961f6b3b7703bff38c4b0e726f861161da62c' },
];

/** Where `troupe lab kernel` puts what it builds: a folder for each source and configuration. */
export const ownKernels = (): string => join(cacheFolder(), 'kernels', 'own');

/**
 * The kernel for the lab's machines: the one that `troupe lab kernel` has built, else Debian's package of a version that is
 * known to work, fetched once, else the `linux.uml` of this machine. Throws a Trouble that says why there is none.
 */
export async function umlKernel(options: LabOptions): Promise<UmlKernel> {
  const own = existsSync(ownKernels()) ? readdirSync(ownKernels()).sort().at(-1) : undefined;
  if (own) return kernelIn(join(ownKernels(), own), `own-${own}`, 'built by troupe lab kernel');
  const refusals: string[] = [];
  for (const { version, sha256 } of DEBIAN) {
    const key = `debian-${version}-${sha256.slice(0, 10)}`;
    try {
      const folder = await publish(join(cacheFolder(), 'kernels', key), options, async (temporary) => {
        options.onProgress({ phase: 'kernel', detail: `fetching Debian's user-mode-linux ${version}, once` });
        await fetchPackage(version, sha256, temporary);
      });
      return kernelIn(folder, key, `Debian's user-mode-linux ${version}`);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      refusals.push(...error.diagnostics.map(({ summary }) => summary));
    }
  }
  const installed = await which('linux.uml', { nothrow: true });
  if (installed) {
    const release = (await runTool(installed, '--version')).trim();
    const modules = join('/usr/lib/uml/modules', release);
    if (existsSync(modules))
      return { key: `installed-${release}`, title: `linux.uml ${release}`, program: installed, modules };
  }
  throw trouble('lab-no-kernel', refusals.join(' '), {
    help: 'Install the Debian package user-mode-linux, or name a mirror that has it: TROUPE_DEBIAN_MIRROR.',
  });
}

function kernelIn(folder: string, key: string, title: string): UmlKernel {
  const modules = join(folder, 'modules');
  const [release = ''] = readdirSync(modules);
  return {
    key,
    title: `${title} (${release})`,
    program: join(folder, 'linux'),
    modules: join(modules, release),
  };
}

/** Fetches the package by apt's own means, so that its proxies and mirrors hold, and lays out `linux` and `modules/RELEASE`. */
async function fetchPackage(version: string, sha256: string, folder: string): Promise<void> {
  const file = join(folder, 'package.deb');
  const said: string[] = [];
  for (const mirror of await debianMirrors()) {
    const url = `${mirror}/pool/main/u/user-mode-linux/user-mode-linux_${version}_amd64.deb`;
    const got = await $({
      nothrow: true,
      quiet: true,
    })`/usr/lib/apt/apt-helper -o Acquire::Retries=2 download-file ${url} ${file} SHA256:${sha256}`;
    if (got.exitCode === 0 && existsSync(file)) break;
    said.push(got.stderr.trim().split('\n').at(-1) ?? '');
  }
  if (!existsSync(file)) {
    throw trouble(
      'lab-no-kernel',
      `Debian's user-mode-linux ${version} could not be fetched: ${said.at(-1) || 'no mirror of Debian is known'}.`,
    );
  }
  const unpacked = join(folder, 'unpacked');
  await runTool('dpkg-deb', '-x', file, unpacked);
  writeFileSync(join(folder, 'linux'), forOlderLibc(readFileSync(join(unpacked, 'usr/bin/linux.uml'))), {
    mode: 0o755,
  });
  mkdirSync(join(folder, 'modules'));
  const [release = ''] = readdirSync(join(unpacked, 'usr/lib/uml/modules'));
  renameSync(join(unpacked, 'usr/lib/uml/modules', release), join(folder, 'modules', release));
  for (const left of [file, unpacked]) rmSync(left, { recursive: true });
}
