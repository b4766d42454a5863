import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of Troupe itself, where its roles and templates lie; found upwards from this file, bundled or not. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** Name and version from package.json. */
export const packageInfo = (): { readonly version: string } =>
  JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
