import { which } from 'zx';
import { fault, Trouble } from '../diagnostics/trouble.ts';

/** Debian package that brings each program. */
const packages: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  'dpkg-scanpackages': 'dpkg-dev',
  mke2fs: 'e2fsprogs',
  cpio: 'cpio',
  fakeroot: 'fakeroot',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
};

/** Programs that building an image takes, besides those that running takes. */
export const forBuilding = ['mmdebstrap', 'dpkg-scanpackages', 'mke2fs', 'cpio', 'ssh-keygen'] as const;
export const forRunning = ['qemu-system-x86_64', 'qemu-img', 'ssh'] as const;

/** Throws a Trouble that names every missing program and its Debian package. */
export async function needPrograms(names: readonly string[]): Promise<void> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const missing: string[] = [];
  for (const name of names) {
    if (!(await which(name, { nothrow: true, path }))) missing.push(name);
  }
  if (missing.length === 0) return;
  const wanted = [...new Set(missing.map((name) => packages[name] ?? name))].join(' ');
  throw new Trouble(
    missing.map((name) =>
      fault('prerequisite-missing', `The lab needs the program ${name}, which is not on this machine.`, {
        help: `On Debian or Ubuntu: apt-get install --no-install-recommends ${wanted}`,
      }),
    ),
  );
}
