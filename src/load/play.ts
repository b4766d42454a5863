import { dirname, resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Located, PlaySource, TaskNode } from '../model/playbook.ts';
import type { MapTree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { notSupportedYet, unknownKey } from './faults.ts';
import { readHandlers } from './handlers.ts';
import { NOT_YET, PLAY_KEYWORDS, TASK_KEYWORDS } from './keywords.ts';
import { booleanOf, readBecome, readTags, textOf, textsOf, treeAt, varsOf } from './node-keywords.ts';
import { readRoleUses } from './role-use.ts';
import { readTasks } from './tasks.ts';
import { mergeMaps, readVarsFile } from './variables.ts';

/** Reads one play of a playbook file. */
export function readPlay(map: MapTree, path: string, load: Loading): PlaySource | undefined {
  const { faults } = load;
  checkKeywords(map, load);
  const file: TaskFile = { folders: [dirname(path)], chain: [path], handlers: false };
  const tasks = (key: string): readonly TaskNode[] => {
    const tree = treeAt(map, key);
    return tree ? readTasks(tree, key, file, load) : [];
  };
  const roles = treeAt(map, 'roles');
  const handlers = treeAt(map, 'handlers');
  const become = readBecome(map, faults);
  const name = textOf(map, 'name', faults);
  booleanOf(map, 'gather_facts', faults);
  const play = {
    place: map.place,
    ...(name && { name: name.value }),
    vars: readAllVars(map, path, load),
    roles: roles ? readRoleUses(roles, 'roles', faults) : [],
    preTasks: tasks('pre_tasks'),
    tasks: tasks('tasks'),
    postTasks: tasks('post_tasks'),
    handlers: handlers ? readHandlers(handlers, file, load) : [],
    ...(become && { become }),
    tags: readTags(map, faults),
    anyErrorsFatal: booleanOf(map, 'any_errors_fatal', faults)?.value ?? false,
  };
  const hosts = readHosts(map, load);
  return hosts && { ...play, hosts };
}

function checkKeywords(map: MapTree, load: Loading): void {
  const known: readonly string[] = PLAY_KEYWORDS;
  const ofTask: readonly string[] = TASK_KEYWORDS;
  for (const { key, keyPlace } of map.entries) {
    if (known.includes(key)) continue;
    const help = NOT_YET.get(key);
    if (help !== undefined) notSupportedYet(`"${key}" of a play`, help, keyPlace, load.faults);
    else if (ofTask.includes(key) || load.modules?.includes(key)) {
      const remedy =
        'Put it in a task under "tasks:"; a playbook is a list of plays, a play has a list of tasks.';
      load.faults.push(
        fault('unknown-keyword', `"${key}" belongs in a task, not in a play.`, {
          help: remedy,
          place: keyPlace,
        }),
      );
    } else unknownKey(key, 'A play', PLAY_KEYWORDS, keyPlace, load.faults);
  }
}

/** `hosts`: one pattern, or a list of patterns, which means all of them. */
function readHosts(map: MapTree, load: Loading): Located<string> | undefined {
  const patterns = textsOf(map, 'hosts', load.faults);
  const [first] = patterns;
  if (first) return { value: patterns.map((one) => one.value).join(','), place: first.place };
  const help = 'Add "hosts:" with a host, a group or all.';
  load.faults.push(
    fault('play-without-hosts', 'This play says nowhere on which hosts it runs.', { help, place: map.place }),
  );
  return undefined;
}

/** `vars`, and over them the files of `vars_files`, later files over earlier ones. */
function readAllVars(map: MapTree, path: string, load: Loading): MapTree {
  let vars = varsOf(map, load.faults);
  for (const name of textsOf(map, 'vars_files', load.faults)) {
    if (name.value.includes('{{')) {
      notSupportedYet(
        'A variable in the name of a file of variables',
        'Name the file.',
        name.place,
        load.faults,
      );
      continue;
    }
    const read = readVarsFile(resolve(dirname(path), name.value), load.faults, name.place);
    if (read) vars = mergeMaps(vars, read);
  }
  return vars;
}
