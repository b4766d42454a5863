import { trouble } from '../diagnostics/trouble.ts';
import { hashFile } from '../hosts/hash-file.ts';
import type { LocalFile } from '../model/content.ts';

/** Reads the large files that a saved plan sends. Throws `Trouble` where one is gone, or is not the one it was made with. */
export async function requirePlannedFiles(plan: string, files: Iterable<LocalFile>): Promise<void> {
  for (const file of files) {
    const found = await hashFile(file.path).catch((error: Error) => {
      throw trouble('plan-file-gone', `${plan} sends ${file.path}, which cannot be read: ${error.message}.`, {
        help: 'Files above 1 MiB are not in a plan, just their hashes. Put it back where it was, or make the plan anew.',
      });
    });
    if (found.sha256 === file.sha256) continue;
    throw trouble('plan-file-changed', `${plan} was made with another ${file.path}.`, {
      help: 'Files above 1 MiB are not in a plan, just their hashes. Put back the file it was made with, or make the plan anew.',
    });
  }
}
