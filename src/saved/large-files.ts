import { isLocal, type LocalFile } from '../model/content.ts';
import type { Playbook } from '../model/playbook.ts';

/** Large files that a plan does not hold, but where they lie, and their hashes: of the playbook and of all its roles. */
export const largeFilesOf = (playbook: Playbook): readonly LocalFile[] =>
  [playbook.files, ...playbook.roles.values()].flatMap(({ files }) =>
    [...files.values()].flatMap(({ bytes }) => (isLocal(bytes) ? [bytes] : [])),
  );
