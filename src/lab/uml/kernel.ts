import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { which } from 'zx/core';
import { trouble } from '../../diagnostics/trouble.ts';
import { kernelsFolder, ownKernelsFolder } from '../folders.ts';
import type { LabOptions } from '../progress.ts';
import { publish } from '../publish.ts';
import { runTool } from '../run-tool.ts';
import { type DebianPackage, fetchPackage, fromFirst } from './debian-package.ts';
import { forOlderLibc } from './older-libc.ts';
import { chooseOwn, type OwnKernel, ownConfiguration, ownThere } from './own-kernel.ts';

/** A kernel that runs as a program, and its modules. */
export interface UmlKernel {
  /** Tells it from all others. */
  readonly key: string;
  /** For people: where it comes from. */
  readonly title: string;
  readonly program: string;
  /** Folder of its modules, named by its release. */
  readonly modules: string;
  /** What it cannot do, and what to do about it. */
  readonly lacks?: string;
}

/**
 * Packages `user-mode-linux` of Debian that the lab was tried with, the best first (Debian's index of packages has the sums).
 * 7.2 runs its guests by seccomp, which is twice as quick as ptrace, and on processors with AMX, where those before 6.16 stop
 * at their first program.
 */
const DEBIAN: readonly DebianPackage[] = [
  debian('7.2um1', 'f947c9244fd79d481299df2ad68961f6b3b7703bff38c4b0e726f861161da62c'),
  // Those of Debian 13 and 12, which stay for years.
  debian('6.12um1+b22', '6930e97133531bab93f83b6d691a94f5872505d8f5d88c1f3f1296da0820a3a0'),
  debian('6.1um4+b13', '0ce700f835c385ab09860ad33137817402403a29e424177510244bd75a81c687'),
];

function debian(version: string, sha256: string): DebianPackage {
  return { name: 'user-mode-linux', version, architecture: 'amd64', pool: 'u/user-mode-linux', sha256 };
}

const LACKS = 'without the families ip and inet of nftables; troupe lab kernel builds one that has them';

/**
 * The kernel for the lab's machines: the one that `troupe lab kernel` has built from the configuration of now, else Debian's
 * package of a version that is known to work, fetched once, else the `linux.uml` of this machine. Throws a Trouble that says
 * why there is none.
 */
export async function umlKernel(options: LabOptions): Promise<UmlKernel> {
  const own = chooseOwn(ownThere(), ownConfiguration(options.root));
  if (typeof own === 'object') return ownKernel(own);
  const lacks =
    own === 'outdated' ? `${LACKS}, as the one it built before is of another configuration` : LACKS;
  const fetched = await fromFirst(DEBIAN, async (wanted) => {
    const title = `Debian's user-mode-linux ${wanted.version}`;
    const key = `debian-${wanted.version}-${wanted.sha256.slice(0, 10)}`;
    const folder = await publish(join(kernelsFolder(), key), options, async (temporary) => {
      options.onProgress({ phase: 'kernel', detail: `fetching ${title}, once` });
      await layOut(wanted, temporary);
    });
    return { ...kernelIn(folder, key, title), lacks };
  });
  if ('made' in fetched) return fetched.made;
  const installed = await which('linux.uml', { nothrow: true });
  if (installed) {
    const release = (await runTool(installed, '--version')).trim();
    const modules = join('/usr/lib/uml/modules', release);
    if (existsSync(modules))
      return {
        key: `installed-${release}`,
        title: `linux.uml ${release}`,
        program: installed,
        modules,
        lacks,
      };
  }
  throw trouble('lab-no-kernel', fetched.refusals.map(({ summary }) => summary).join(' '), {
    help: 'Install the Debian package user-mode-linux, or name a mirror that has it: TROUPE_DEBIAN_MIRROR.',
  });
}

/** A kernel that `troupe lab kernel` has built. */
export const ownKernel = ({ key, source }: OwnKernel): UmlKernel =>
  kernelIn(
    join(ownKernelsFolder(), key),
    `own-${key}`,
    `The lab's own kernel, from Debian's ${source.name} ${source.version}`,
  );

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

/** Fetches the package and lays out `linux` and `modules/RELEASE`. */
async function layOut(wanted: DebianPackage, folder: string): Promise<void> {
  const file = join(folder, 'package.deb');
  await fetchPackage(wanted, file);
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
