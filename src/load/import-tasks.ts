import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { BlockSource, Located, TaskNode } from '../model/playbook.ts';
import { entryOf, type MapEntry, type MapTree, type Tree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { notSupportedYet, unknownKey } from './faults.ts';
import { IMPORT_KEYWORDS, NOT_YET, TASK_KEYWORDS } from './keywords.ts';
import { readNodeKeywords } from './node-keywords.ts';
import { readText } from './read-tree.ts';
import { readYaml } from './yaml.ts';

type ReadTasks = (tree: Tree, what: string, file: TaskFile, load: Loading) => readonly TaskNode[];

/** `import_tasks` and `include_tasks` with a fixed name: a block of the tasks in that file. */
export function readImport(
  map: MapTree,
  entry: MapEntry,
  file: TaskFile,
  load: Loading,
  readTasks: ReadTasks,
): BlockSource {
  checkKeywords(map, entry, load);
  const keywords = readNodeKeywords(map, load.faults);
  const block = { kind: 'block' as const, ...keywords, tasks: [], rescue: [], always: [] };
  const name = nameOf(entry, load);
  if (!name) return block;
  const path = find(name, entry.key, file, load);
  if (!path) return block;
  if (file.chain.includes(path)) {
    const help = 'Take one of the imports out.';
    load.faults.push(fault('import-circle', `${name.value} imports itself.`, { help, place: name.place }));
    return block;
  }
  const tree = readYaml(path, load.faults, name.place);
  const inside = { ...file, folders: [dirname(path), ...file.folders], chain: [...file.chain, path] };
  return { ...block, tasks: tree ? readTasks(tree, 'A file of tasks', inside, load) : [] };
}

function checkKeywords(map: MapTree, entry: MapEntry, load: Loading): void {
  const known: readonly string[] = IMPORT_KEYWORDS;
  const ofTask: readonly string[] = TASK_KEYWORDS;
  for (const { key, keyPlace } of map.entries) {
    if (key === entry.key || known.includes(key)) continue;
    if (ofTask.includes(key) || NOT_YET.has(key)) {
      notSupportedYet(`"${key}" of ${entry.key}`, 'Give it to the tasks in the file.', keyPlace, load.faults);
    } else {
      unknownKey(key, entry.key, IMPORT_KEYWORDS, keyPlace, load.faults);
    }
  }
}

/** The file's name: the value itself, or its key `file`. */
function nameOf(entry: MapEntry, load: Loading): Located<string> | undefined {
  const { value } = entry;
  let tree: Tree = value;
  if (value.kind === 'map') {
    for (const { key, keyPlace } of value.entries) {
      if (key === 'apply') {
        notSupportedYet('"apply"', 'Give its keywords to the task itself.', keyPlace, load.faults);
      } else if (key !== 'file') unknownKey(key, entry.key, ['file', 'apply'], keyPlace, load.faults);
    }
    tree = entryOf(value, 'file')?.value ?? { kind: 'scalar', place: value.place, value: null };
  }
  const name = readText(tree, entry.key, load.faults);
  if (!name?.value.includes('{{')) return name;
  notSupportedYet(
    `A variable in the file name of ${entry.key}`,
    'Name the file, and use when.',
    name.place,
    load.faults,
  );
  return undefined;
}

function find(name: Located<string>, key: string, file: TaskFile, load: Loading): string | undefined {
  const paths = [...new Set(file.folders.map((folder) => resolve(folder, name.value)))];
  const path = paths.find((one) => existsSync(one));
  if (path) return path;
  load.faults.push(
    fault('file-missing', `${key}: there is no file ${name.value}.`, {
      help: `Looked for ${paths.join(', ')}.`,
      place: name.place,
    }),
  );
  return undefined;
}
