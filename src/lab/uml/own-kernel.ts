import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownKernelsFolder, shortHash } from '../folders.ts';
import type { DebianPackage } from './debian-package.ts';

const source = (version: string, sha256: string): DebianPackage => ({
  name: 'linux-source-7.2',
  version,
  architecture: 'all',
  pool: 'l/linux',
  sha256,
});

/**
 * Sources of the lab's own kernel, the best first. Debian's archive keeps none for long; these were in it at the same time, in
 * unstable, testing and backports.
 */
export const SOURCES: readonly DebianPackage[] = [
  source('7.2.13-1', '30a8c5fc63f9028a62e6d7b3f7f43bee67425dbce2a05fceba83f9b87c92083d'),
  source('7.2.12-1', '6ea01e48037651b01076e4a369d1c76051c97c3cce6f87d48b7f3a9f5fac46a8'),
  source('7.2.12-1~bpo13+1', '73ca6c22599ba411ab3179642d33501ca2c90174e13c3c8d86e996ea1cbf2a8f'),
  source('7.2.11-1~bpo13+1', '97a3aac3a9eeb8f18e8b0511af9261c54605fd23b712f1a48144360a123738a2'),
  source('7.2.9-1~bpo13+1', '58d75ac2c2925c71447d039cfb4f7a1f3c0053fbcc0d78c4822538f1a3f5e9c5'),
];

/** A kernel that was built from a source and a configuration. */
export interface OwnKernel {
  /** Name of its folder. */
  readonly key: string;
  readonly source: DebianPackage;
}

/** The configuration that kernels are built from now; `root` is the folder of Troupe itself. */
export const ownConfiguration = (root: string): string =>
  readFileSync(join(root, 'scripts', 'lab-kernel', 'kernel.config'), 'utf8');

/** Tells a kernel from those of other sources and configurations. Comments make no difference. */
export function ownKey(source: DebianPackage, configuration: string): string {
  const settings = configuration.split('\n').filter((line) => line.startsWith('CONFIG_'));
  return shortHash([source.sha256, ...settings].join('\n'));
}

/**
 * Which of the kernels that are there is to be used: one of this configuration, of the best source. `outdated` where there are
 * only others, from before the configuration or the list of sources changed.
 */
export function chooseOwn(there: readonly string[], configuration: string): OwnKernel | 'outdated' | 'none' {
  const kernels = SOURCES.map((each) => ({ key: ownKey(each, configuration), source: each }));
  return kernels.find(({ key }) => there.includes(key)) ?? (there.length > 0 ? 'outdated' : 'none');
}

/** Keys of the kernels that have been built. Builds that are under way or were cut off have a dot in their names. */
export const ownThere = (): readonly string[] =>
  existsSync(ownKernelsFolder()) ? readdirSync(ownKernelsFolder()).filter((name) => !name.includes('.')) : [];
