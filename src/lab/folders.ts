import { hash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LabSpec } from '../model/lab.ts';

const base = (variable: string, fallback: string): string =>
  process.env[variable] || join(homedir(), fallback);

/** Folder of images and boot snapshots, which outlive labs (XDG Base Directory; TROUPE_CACHE_DIR overrides it). */
export const cacheFolder = (): string =>
  process.env.TROUPE_CACHE_DIR || join(base('XDG_CACHE_HOME', '.cache'), 'troupe');

export const imagesFolder = (): string => join(cacheFolder(), 'images');
export const snapshotsFolder = (): string => join(cacheFolder(), 'snapshots');
/** Kernels of User-Mode Linux that were fetched; in a folder of theirs, those that `troupe lab kernel` has built. */
export const kernelsFolder = (): string => join(cacheFolder(), 'kernels');
export const ownKernelsFolder = (): string => join(kernelsFolder(), 'own');

/** Folder that holds a folder for each lab that is up. */
export const labsFolder = (): string => join(base('XDG_STATE_HOME', '.local/state'), 'troupe', 'labs');

/** Folder of one lab: its overlays, sockets, consoles and state. Two inventories of one name have two. */
export const labFolder = ({ name, inventory }: Pick<LabSpec, 'name' | 'inventory'>): string =>
  join(labsFolder(), `${name}-${shortHash(existsSync(inventory) ? realpathSync(inventory) : inventory)}`);

/** Ten hex digits of the SHA-256 of some text. */
export const shortHash = (text: string): string => hash('sha256', text).slice(0, 10);
