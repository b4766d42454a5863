import { fault } from '../diagnostics/trouble.ts';
import type { BlockSource, TaskNode, TaskSource } from '../model/playbook.ts';
import type { Tree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { readTasks } from './tasks.ts';
import { mergeMaps } from './variables.ts';

/** Reads a list of handlers. Blocks and imports in it dissolve: each handler gets their keywords. */
export function readHandlers(tree: Tree, file: TaskFile, load: Loading): readonly TaskSource[] {
  const handlers = flatten(readTasks(tree, 'handlers', { ...file, handlers: true }, load), load);
  for (const handler of handlers) {
    if (handler.name || handler.listen.length > 0) continue;
    const help = 'Add "name:", which tasks then notify.';
    load.faults.push(
      fault('handler-without-name', 'Nothing can notify this handler.', { help, place: handler.place }),
    );
  }
  return handlers;
}

function flatten(nodes: readonly TaskNode[], load: Loading): readonly TaskSource[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'task') return [node];
    if (node.rescue.length > 0 || node.always.length > 0) {
      const help = 'Make it a handler each, or move rescue and always to a block of tasks.';
      load.faults.push(
        fault('handler-block', 'A handler has no rescue or always.', { help, place: node.place }),
      );
    }
    return flatten(node.tasks, load).map((task) => inherit(task, node));
  });
}

function inherit(task: TaskSource, block: BlockSource): TaskSource {
  const become = task.become ?? block.become;
  const ignoreErrors = task.ignoreErrors ?? block.ignoreErrors;
  return {
    ...task,
    when: [...block.when, ...task.when],
    tags: [...new Set([...block.tags, ...task.tags])],
    vars: mergeMaps(block.vars, task.vars),
    ...(become && { become }),
    ...(ignoreErrors && { ignoreErrors }),
  };
}
