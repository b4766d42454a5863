import type { BlockSource, TaskNode } from '../model/playbook.ts';
import { entryOf, type MapTree, type Tree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { notSupportedYet, unknownKey } from './faults.ts';
import { readImport } from './import-tasks.ts';
import { BLOCK_KEYWORDS, NOT_YET, TASK_KEYWORDS } from './keywords.ts';
import { readNodeKeywords, treeAt } from './node-keywords.ts';
import { readList, wrongType } from './read-tree.ts';
import { readTask } from './task.ts';

/** Reads a list of tasks and blocks; imported files are put in their places, as blocks. */
export function readTasks(tree: Tree, what: string, file: TaskFile, load: Loading): readonly TaskNode[] {
  const help = 'Each task starts with "- ", its keywords stand below each other.';
  const items = readList(tree, what, load.faults, help) ?? [];
  return items.flatMap((item) => {
    if (item.kind !== 'map') return wrongType(item, 'A task', 'a map', load.faults, help) ?? [];
    return readNode(item, file, load) ?? [];
  });
}

function readNode(map: MapTree, file: TaskFile, load: Loading): TaskNode | undefined {
  if (entryOf(map, 'block')) return readBlock(map, file, load);
  const imported = map.entries.find((entry) =>
    /^(ansible\.builtin\.)?(import|include)_tasks$/.test(entry.key),
  );
  if (imported) return readImport(map, imported, file, load, readTasks);
  return readTask(map, file, load);
}

function readBlock(map: MapTree, file: TaskFile, load: Loading): BlockSource {
  const known: readonly string[] = BLOCK_KEYWORDS;
  for (const { key, keyPlace } of map.entries) {
    if (known.includes(key)) continue;
    const task: readonly string[] = TASK_KEYWORDS;
    if (task.includes(key) || NOT_YET.has(key)) {
      notSupportedYet(`"${key}" of a block`, 'Give it to the tasks in the block.', keyPlace, load.faults);
    } else {
      unknownKey(key, 'A block', BLOCK_KEYWORDS, keyPlace, load.faults);
    }
  }
  const part = (key: string): readonly TaskNode[] => {
    const tree = treeAt(map, key);
    return tree ? readTasks(tree, key, file, load) : [];
  };
  return {
    kind: 'block',
    ...readNodeKeywords(map, load.faults),
    tasks: part('block'),
    rescue: part('rescue'),
    always: part('always'),
  };
}
