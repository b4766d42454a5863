import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabMachine } from '../model/lab.ts';
import { cacheFolder, shortHash } from './folders.ts';
import { forBuilding, needPrograms } from './prerequisites.ts';
import type { LabOptions } from './progress.ts';
import { publish } from './publish.ts';

/** A root image in the cache: `root.qcow2`, `vmlinuz`, `initrd.img`, `key` (accepted by it), `host_key.pub` (its own). */
export async function image(variant: LabMachine['image'], options: LabOptions): Promise<string> {
  const scripts = join(options.root, 'scripts', 'lab-image');
  const recipe = readdirSync(scripts)
    .sort()
    .map((name) => readFileSync(join(scripts, name), 'utf8'));
  const folder = join(cacheFolder(), 'images', `${variant}-${shortHash(recipe.join('\0'))}`);
  return publish(folder, async (temporary) => {
    await needPrograms([...forBuilding, ...(process.getuid?.() === 0 ? [] : ['fakeroot'])]);
    options.onProgress({
      phase: 'image',
      detail: `building the image '${variant}' (Debian 12, by mmdebstrap): about a minute, once`,
    });
    const keys = await imageKeys();
    for (const name of readdirSync(keys)) copyFileSync(join(keys, name), join(temporary, name));
    const sources = join(temporary, 'lab.sources');
    writeFileSync(sources, aptSources());
    const built = await $({
      nothrow: true,
      quiet: true,
    })`sh ${join(scripts, 'build.sh')} ${temporary} ${sources} ${variant}`;
    if (built.exitCode !== 0) throw buildFailed(built.stderr);
    await $({
      quiet: true,
    })`qemu-img convert -O qcow2 ${join(temporary, 'root.img')} ${join(temporary, 'root.qcow2')}`;
    rmSync(join(temporary, 'root.img'));
    rmSync(sources);
    chmodSync(temporary, 0o755);
  });
}

/** The way in, the same for all images: a key pair for whoever runs the lab, and the host key that its machines share. */
const imageKeys = (): Promise<string> =>
  publish(join(cacheFolder(), 'keys'), async (folder) => {
    await $({ quiet: true })`ssh-keygen -q -t ed25519 -N ${''} -C troupe-lab -f ${join(folder, 'key')}`;
    await $({ quiet: true })`ssh-keygen -q -t ed25519 -N ${''} -C lab -f ${join(folder, 'host_key')}`;
  });

const buildFailed = (output: string) =>
  trouble(
    'lab-image-failed',
    `The lab's image could not be built: ${output.trim().split('\n').slice(-8).join('\n')}`,
    {
      help: 'Mend what the message says (a mirror that does not answer can be replaced by TROUPE_DEBIAN_MIRROR), then run it again.',
    },
  );

/** Where Debian's packages come from: TROUPE_DEBIAN_MIRROR, this machine's own sources if it is Debian 12, Debian's mirror. */
function aptSources(): string {
  const mirror = process.env.TROUPE_DEBIAN_MIRROR;
  const oneLine = (address: string) =>
    `Types: deb\nURIs: ${address}\nSuites: bookworm\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`;
  if (mirror) return oneLine(mirror);
  const own = '/etc/apt/sources.list.d/debian.sources';
  const isBookworm =
    existsSync('/etc/os-release') &&
    /VERSION_CODENAME=bookworm/.test(readFileSync('/etc/os-release', 'utf8'));
  return isBookworm && existsSync(own) ? readFileSync(own, 'utf8') : oneLine('http://deb.debian.org/debian');
}
