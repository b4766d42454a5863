import { existsSync } from 'node:fs';
import { which } from 'zx/core';
import { fault, Trouble } from '../diagnostics/trouble.ts';
import { KEYRING } from './apt-sources.ts';

/** Debian package that brings each program or file. */
const packages: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  'apt-ftparchive': 'apt-utils',
  mke2fs: 'e2fsprogs',
  cpio: 'cpio',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  taskset: 'util-linux',
  ip: 'iproute2',
  bridge: 'iproute2',
  fakeroot: 'fakeroot',
  newuidmap: 'uidmap',
  '/usr/include/stdio.h': 'libc6-dev',
  strip: 'binutils',
  depmod: 'kmod',
  xz: 'xz-utils',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  [KEYRING]: 'debian-archive-keyring',
};

const FOR_BUILDING = ['mmdebstrap', 'apt-ftparchive', 'mke2fs', 'setpriv', 'ssh-keygen', KEYRING];
const FOR_BUILDING_AS_USER = ['fakeroot', 'newuidmap'];

/** Throws a Trouble where something is missing that building an image takes; `more` is for this one. */
export const needForBuilding = (more: readonly string[]): Promise<void> =>
  need([...FOR_BUILDING, ...(process.getuid?.() === 0 ? [] : FOR_BUILDING_AS_USER), ...more]);

/** Names everything that is missing, each with its Debian package; code `prerequisite-missing`. */
export async function need(names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) if (!(await isThere(name))) missing.push(name);
  if (missing.length === 0) return;
  const wanted = [...new Set(missing.map((name) => packages[name] ?? name))].join(' ');
  throw new Trouble(
    missing.map((name) =>
      fault('prerequisite-missing', `The lab needs ${name}, which is not on this machine.`, {
        help: `On Debian or Ubuntu: apt-get install --no-install-recommends ${wanted}`,
      }),
    ),
  );
}

async function isThere(name: string): Promise<boolean> {
  if (name.startsWith('/')) return existsSync(name);
  // An ordinary user's path lacks the folders of programs for root, which mke2fs is in.
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  return Boolean(await which(name, { nothrow: true, path }));
}
