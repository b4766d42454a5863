import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Located, RoleSource, RoleUse } from '../model/playbook.ts';
import type { Loading } from './context.ts';
import { nearest } from './faults.ts';
import { readRole } from './role.ts';

/** Reads the roles that are used, and those that they depend on. `folders` are searched in order. */
export function readRoles(
  uses: readonly RoleUse[],
  folders: readonly string[],
  playbookFolder: string,
  load: Loading,
): ReadonlyMap<string, RoleSource> {
  const roles = new Map<string, RoleSource>();
  const missing = new Set<string>();
  const visit = (use: RoleUse, chain: readonly string[]): void => {
    const { value: name, place } = use.role;
    if (chain.includes(name)) {
      const circle = [...chain.slice(chain.indexOf(name)), name].join(' → ');
      const help = 'Take one of the dependencies out.';
      load.faults.push(
        fault('role-circle', `Roles depend on each other in a circle: ${circle}.`, { help, place }),
      );
      return;
    }
    if (roles.has(name)) return;
    const dir = findRole(name, folders);
    if (!dir) {
      if (!missing.has(name)) load.faults.push(missingRole(use.role, folders));
      missing.add(name);
      return;
    }
    const role = readRole(name, dir, playbookFolder, load);
    for (const dependency of role.dependencies) visit(dependency, [...chain, name]);
    roles.set(name, role);
  };
  for (const use of uses) visit(use, []);
  return roles;
}

const findRole = (name: string, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, name)).find(isFolder);

function missingRole(role: Located<string>, folders: readonly string[]) {
  const known = folders
    .filter(isFolder)
    .flatMap((folder) => readdirSync(folder).filter((name) => isFolder(join(folder, name))));
  const help = `${nearest(role.value, known)}Looked in ${folders.join(', ')}.`;
  return fault('unknown-role', `There is no role "${role.value}".`, { help, place: role.place });
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
