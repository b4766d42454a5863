import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { $ } from 'zx/core';
import { trouble } from '../../diagnostics/trouble.ts';
import { ownKernelsFolder } from '../folders.ts';
import { need } from '../prerequisites.ts';
import type { LabOptions } from '../progress.ts';
import { publish } from '../publish.ts';
import { type DebianPackage, fetchPackage, fromFirst } from './debian-package.ts';
import { ownKernel, type UmlKernel } from './kernel.ts';
import { chooseOwn, ownConfiguration, ownKey, ownThere, SOURCES } from './own-kernel.ts';

/** What the build runs, and files it reads. */
const FOR_KERNEL = [
  ...['gcc', '/usr/include/stdio.h', 'make', 'flex', 'bison', 'bc', 'strip', 'depmod'],
  ...['dpkg-deb', 'xz', 'tar', 'setpriv'],
];

/** Files that are compiled between two lines of progress. */
const FILES_A_LINE = 200;

/**
 * Builds the kernel that the lab's machines of User-Mode Linux then run, unless it is there: Debian's have no nftables for
 * IPv4. A build that is cut off leaves nothing that the next one or `labDown` does not take away.
 */
export async function buildKernel(options: LabOptions): Promise<UmlKernel> {
  const say = (detail: string): void => options.onProgress({ phase: 'kernel', detail });
  if (process.arch !== 'x64') {
    throw trouble('lab-no-kernel', `The lab's kernel is for x86-64 only, and this is ${process.arch}.`, {
      help: 'The lab does without it: its machines are emulated.',
    });
  }
  const configuration = ownConfiguration(options.root);
  const own = chooseOwn(ownThere(), configuration);
  if (typeof own === 'object') {
    say('is there already');
    return ownKernel(own);
  }
  await need(FOR_KERNEL);
  if (own === 'outdated') say('the one that was built before is of another configuration');
  say("builds the lab's own kernel, with nftables for IPv4: about ten minutes on two processors, once");
  const built = await fromFirst(SOURCES, async (source) => {
    const key = ownKey(source, configuration);
    await publish(join(ownKernelsFolder(), key), options, async (folder) => {
      say(`fetching Debian's ${source.name} ${source.version}, 160 MB`);
      await fetchPackage(source, join(folder, 'source.deb'));
      await build(options.root, folder, source, say);
    });
    return ownKernel({ key, source });
  });
  if ('made' in built) return built.made;
  throw trouble('lab-no-kernel', built.refusals.map(({ summary }) => summary).join(' '), {
    help: 'Name a mirror that has one: TROUPE_DEBIAN_MIRROR. Where Debian has only newer ones, add one to SOURCES in src/lab/uml/own-kernel.ts.',
  });
}

/** What build.sh says of its steps, for people. */
const STEPS: Readonly<Record<string, string>> = {
  unpack: 'unpacking it',
  configure: 'configuring it',
  compile: 'compiling some 1,750 files',
  install: 'stripping it and its modules',
};

async function build(
  root: string,
  folder: string,
  source: DebianPackage,
  say: (detail: string) => void,
): Promise<void> {
  const script = join(root, 'scripts', 'lab-kernel', 'build.sh');
  // The build ends with us, even when we are killed: see prctl(2), PR_SET_PDEATHSIG.
  const building = $({ nothrow: true, quiet: true })`exec setpriv --pdeathsig TERM sh ${script} ${folder}`;
  let compiled = 0;
  createInterface({ input: building.stdout }).on('line', (line) => {
    const step = line.startsWith('step: ') ? STEPS[line.slice('step: '.length)] : undefined;
    if (step) say(step);
    if (line.startsWith('  CC ') && ++compiled % FILES_A_LINE === 0) say(`${compiled} files compiled`);
  });
  const built = await building;
  if (built.exitCode === 0 && existsSync(join(folder, 'linux'))) return;
  const words = built.stderr.trim().split('\n').slice(-8).join('\n');
  throw trouble('lab-kernel-failed', `${source.name} ${source.version} could not be built: ${words}`, {
    help: 'Mend what the message says, then run it again. It takes about 1 GB of disk in the cache meanwhile.',
  });
}
