import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx/core';
import { trouble } from '../diagnostics/trouble.ts';
import type { LabMachine } from '../model/lab.ts';
import { aptSources } from './apt-sources.ts';
import { cacheFolder, imagesFolder, shortHash } from './folders.ts';
import { needForBuilding } from './prerequisites.ts';
import type { LabOptions } from './progress.ts';
import { publish } from './publish.ts';
import { runTool } from './run-tool.ts';

/** What an image holds for the driver whose machines boot it. */
export interface ImageParts {
  /** Tells these images from those of other drivers and kernels. */
  readonly key: string;
  /** `qemu`: Debian's kernel is in it, and beside it for QEMU to load. Else the folder of a kernel's modules to put in. */
  readonly modules: string;
  /** A kernel that runs as a program, which is put beside the image as `linux`. */
  readonly program?: string;
}

/**
 * A root image in the cache: `key` (accepted by it), `host_key.pub` (its own), and for User-Mode Linux `root.img`, a raw
 * disk, and `linux`, for QEMU `root.qcow2`, `vmlinuz` and `initrd.img`.
 */
export async function image(
  variant: LabMachine['image'],
  parts: ImageParts,
  options: LabOptions,
): Promise<string> {
  const scripts = join(options.root, 'scripts', 'lab-image');
  const recipe = readdirSync(scripts)
    .sort()
    .map((name) => readFileSync(join(scripts, name), 'utf8'));
  const folder = join(imagesFolder(), `${variant}-${parts.key}-${shortHash(recipe.join('\0'))}`);
  return publish(folder, options, async (temporary) => {
    await needForBuilding(parts.modules === 'qemu' ? ['cpio', 'qemu-img'] : []);
    options.onProgress({
      phase: 'image',
      detail: `building the image "${variant}" (Debian 12, by mmdebstrap): about a minute, once`,
    });
    const keys = await imageKeys(options);
    for (const name of readdirSync(keys)) copyFileSync(join(keys, name), join(temporary, name));
    await build(join(scripts, 'build.sh'), temporary, variant, parts);
    if (parts.program) copyFileSync(parts.program, join(temporary, 'linux'));
    if (parts.modules === 'qemu') {
      const [raw, root] = [join(temporary, 'root.img'), join(temporary, 'root.qcow2')];
      await runTool('qemu-img', 'convert', '-O', 'qcow2', raw, root);
      rmSync(raw);
    }
    writeFileSync(join(temporary, 'build-id'), await runTool('cat', '/proc/sys/kernel/random/uuid'));
  });
}

/** Tells one build of an image from another of the same recipe. */
export const buildId = (imageFolder: string): string => readFileSync(join(imageFolder, 'build-id'), 'utf8');

/** The way in, the same for all images: a key pair for whoever runs the lab, and the host key that its machines share. */
const imageKeys = (options: LabOptions): Promise<string> =>
  publish(join(cacheFolder(), 'keys'), options, async (folder) => {
    for (const name of ['key', 'host_key'])
      await runTool(
        'ssh-keygen',
        '-q',
        '-t',
        'ed25519',
        '-N',
        '',
        '-C',
        'troupe-lab',
        '-f',
        join(folder, name),
      );
  });

async function build(script: string, folder: string, variant: string, parts: ImageParts): Promise<void> {
  const sources = await aptSources();
  // The build ends with us, even when we are killed: see prctl(2), PR_SET_PDEATHSIG.
  const built = await $({
    nothrow: true,
    quiet: true,
  })`exec setpriv --pdeathsig TERM sh ${script} ${folder} ${variant} ${parts.modules} ${sources}`;
  if (built.exitCode === 0 && existsSync(join(folder, 'root.img'))) return;
  const words = built.stderr.trim().split('\n').slice(-8).join('\n');
  throw trouble('lab-image-failed', `The lab's image could not be built: ${words}`, {
    help: 'Mend what the message says (TROUPE_DEBIAN_MIRROR names another mirror than the one that does not answer), then run it again.',
  });
}
