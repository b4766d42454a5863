import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import { LARGE_BYTES } from '../model/content.ts';
import type { FileSet, SourceFile } from '../model/playbook.ts';
import type { Faults } from './faults.ts';

const DEEPEST = 20;

/**
 * Reads everything under the templates/ and files/ of some folders; where two have a path, the first folder wins. A large
 * file under files/ is just found.
 */
export function readFileSet(folders: readonly string[], faults: Faults): FileSet {
  const templates = new Map<string, SourceFile>();
  const files = new Map<string, SourceFile>();
  for (const folder of new Set(folders)) {
    readInto(templates, join(folder, 'templates'), '', Number.POSITIVE_INFINITY, faults);
    readInto(files, join(folder, 'files'), '', LARGE_BYTES, faults);
  }
  return { templates, files };
}

function readInto(
  found: Map<string, SourceFile>,
  root: string,
  below: string,
  most: number,
  faults: Faults,
): void {
  const folder = join(root, below);
  if (!existsSync(folder) || below.split('/').length > DEEPEST) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const key = below ? `${below}/${name}` : name;
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) readInto(found, root, key, most, faults);
      else if (stat.isFile() && !found.has(key)) {
        const bytes = stat.size > most ? { path, size: stat.size } : readFileSync(path);
        found.set(key, { path, bytes });
      }
    } catch (error) {
      const { message: why } = error as Error;
      const help = 'Make it readable, or remove it.';
      faults.push(fault('file-unreadable', `Cannot read ${path}: ${why}.`, { help }));
    }
  }
}
