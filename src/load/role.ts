import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { RoleSource } from '../model/playbook.ts';
import { entryOf, type MapTree, type Tree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { unknownKey } from './faults.ts';
import { readFileSet } from './file-set.ts';
import { readHandlers } from './handlers.ts';
import { textOf, treeAt } from './node-keywords.ts';
import { emptyMap, readMap } from './read-tree.ts';
import { readRoleArguments } from './role-arguments.ts';
import { readRoleUses } from './role-use.ts';
import { readTasks } from './tasks.ts';
import { readVarsFile } from './variables.ts';
import { readYaml } from './yaml.ts';

const META = ['dependencies', 'arguments', 'argument_specs', 'description', 'galaxy_info'];

/** Reads all of a role's folder. `playbookFolder` is where its imports look last. */
export function readRole(name: string, dir: string, playbookFolder: string, load: Loading): RoleSource {
  const { faults } = load;
  const vars = (part: string): MapTree => {
    const path = mainFile(dir, part);
    return (path && readVarsFile(path, faults)) || emptyMap({ file: join(dir, part), line: 1, column: 1 });
  };
  const fileOf = (part: string, path: string): TaskFile => ({
    folders: [join(dir, part), playbookFolder],
    chain: [path],
    handlers: false,
  });
  const read = <T>(part: string, reader: (tree: Tree, path: string) => readonly T[]): readonly T[] => {
    const path = mainFile(dir, part);
    const tree = path && readYaml(path, faults);
    return path && tree ? reader(tree, path) : [];
  };
  return {
    name,
    dir,
    tasks: read('tasks', (tree, path) => readTasks(tree, 'A file of tasks', fileOf('tasks', path), load)),
    handlers: read('handlers', (tree, path) => readHandlers(tree, fileOf('handlers', path), load)),
    defaults: vars('defaults'),
    vars: vars('vars'),
    osVars: readOsVars(join(dir, 'vars'), load),
    ...readMeta(dir, load),
    ...readFileSet([dir], faults),
  };
}

type Meta = Pick<RoleSource, 'dependencies' | 'args' | 'description'>;

function readMeta(dir: string, load: Loading): Meta {
  const { faults } = load;
  const path = mainFile(dir, 'meta');
  const tree = path && readYaml(path, faults);
  const meta = tree && readMap(tree, 'meta/main.yml', faults);
  if (!meta) return { dependencies: [] };
  for (const { key, keyPlace } of meta.entries) {
    if (!META.includes(key)) unknownKey(key, 'meta/main.yml', META, keyPlace, faults);
  }
  const dependencies = treeAt(meta, 'dependencies');
  const args = treeAt(meta, 'arguments') ?? inside(meta, 'argument_specs', 'main', 'options');
  const description = textOf(meta, 'description', faults)?.value;
  return {
    dependencies: dependencies ? readRoleUses(dependencies, 'dependencies', faults) : [],
    ...(args && { args: readRoleArguments(args, 'arguments', faults) }),
    ...(description !== undefined && { description }),
  };
}

function inside(map: MapTree, ...keys: readonly string[]): Tree | undefined {
  let tree: Tree | undefined = map;
  for (const key of keys) tree = tree?.kind === 'map' ? entryOf(tree, key)?.value : undefined;
  return tree;
}

/** vars/FAMILY.yml: every file there but main. */
function readOsVars(folder: string, load: Loading): ReadonlyMap<string, MapTree> {
  const found = new Map<string, MapTree>();
  if (!existsSync(folder)) return found;
  for (const file of readdirSync(folder).sort()) {
    const family = basename(file, extname(file));
    if (!/\.ya?ml$/.test(file) || family === 'main') continue;
    const vars = readVarsFile(join(folder, file), load.faults);
    if (vars) found.set(family, vars);
  }
  return found;
}

const mainFile = (dir: string, part: string): string | undefined =>
  ['main.yml', 'main.yaml'].map((file) => join(dir, part, file)).find((path) => existsSync(path));
