import { lock, type Release } from './lock.ts';
import type { LabOptions } from './progress.ts';

/** Takes the lock of a lab's folder: one command at a time changes it. */
export const lockLab = (folder: string, options: Pick<LabOptions, 'onProgress'>): Promise<Release> =>
  lock(folder, () =>
    options.onProgress({ phase: 'waiting', detail: 'another process is at work on this lab' }),
  );
