import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Playbook } from '../model/playbook.ts';
import type { Loading } from './context.ts';
import { type Faults, throwFaults } from './faults.ts';
import { readFileSet } from './file-set.ts';
import { readPlays } from './plays.ts';
import { readRoles } from './roles.ts';

/** What `loadPlaybook` is told besides the file. */
export interface PlaybookLoadOptions {
  /** Names of the modules there are, for unknown and misspelt ones; without it every key of a task may be a module. */
  readonly modules?: readonly string[];
  /** Modules that take a plain text; command and shell by default. */
  readonly freeForm?: readonly string[];
  /** Folder of the project; by default the playbook's, or the one above it where that is called playbooks/. */
  readonly projectDir?: string;
  /** Folders with roles that are searched last. A templates/ or files/ beside such a folder is shared by its roles. */
  readonly rolesPath?: readonly string[];
}

/** Reads a playbook with all its files. Throws one `Trouble` with every fault that was found. */
export function loadPlaybook(path: string, options: PlaybookLoadOptions = {}): Playbook {
  const faults: Faults = [];
  const load: Loading = {
    faults,
    modules: options.modules,
    freeForm: new Set(options.freeForm ?? ['command', 'shell']),
  };
  const file = resolve(path);
  const plays = readPlays(file, load);
  const folder = dirname(file);
  const project = resolve(options.projectDir ?? projectOf(folder));
  const shipped = (options.rolesPath ?? []).map((one) => resolve(one));
  const importedFrom = plays.map((play) => dirname(play.place.file));
  const rolesFolders = [...[folder, ...importedFrom, project].map((one) => join(one, 'roles')), ...shipped];
  const roles = readRoles(
    plays.flatMap((play) => play.roles),
    [...new Set(rolesFolders)],
    folder,
    load,
  );
  const files = readFileSet(
    [folder, ...importedFrom, project, ...shipped.map((one) => dirname(one))],
    faults,
  );
  throwFaults(faults);
  return { file, plays, roles, files };
}

/** Playbooks lie in the project's folder, or in its playbooks/. */
function projectOf(folder: string): string {
  const above = dirname(folder);
  return basename(folder) === 'playbooks' && existsSync(above) ? above : folder;
}
