import type { Located, TaskSource } from '../model/playbook.ts';
import type { MapTree, Tree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { defined } from './defined.ts';
import { type Faults, notSupportedYet, unknownKey } from './faults.ts';
import { booleanOf, readNodeKeywords, textOf, textsOf, treeAt } from './node-keywords.ts';
import { readMap, readNumber, wrongType } from './read-tree.ts';
import { findModule } from './task-module.ts';
import { readParams } from './task-params.ts';
import { checkName } from './variables.ts';

/** Reads a task: one module with its parameters, and keywords. */
export function readTask(map: MapTree, file: TaskFile, load: Loading): TaskSource | undefined {
  const { faults } = load;
  const found = findModule(map, file, load);
  const register = textOf(map, 'register', faults);
  if (register) checkName(register.value, register.place, faults);
  const optional = {
    loop: readLoop(map, faults),
    register,
    retries: numberOf(map, 'retries', faults, true),
    delay: numberOf(map, 'delay', faults, false),
    checkMode: readCheckMode(map, faults),
    loopLabel: undefined as Tree | undefined,
  };
  const control = readLoopControl(map, faults);
  const task = {
    kind: 'task' as const,
    ...readNodeKeywords(map, faults),
    loopVar: control.loopVar,
    notify: textsOf(map, 'notify', faults),
    listen: textsOf(map, 'listen', faults).map((one) => one.value),
    changedWhen: textsOf(map, 'changed_when', faults),
    failedWhen: textsOf(map, 'failed_when', faults),
    until: textsOf(map, 'until', faults),
    noLog: booleanOf(map, 'no_log', faults)?.value ?? false,
    runOnce: booleanOf(map, 'run_once', faults)?.value ?? false,
  };
  if (!found) return undefined;
  const module: Located<string> = { value: found.module, place: found.entry.keyPlace };
  const params = readParams(found, treeAt(map, 'args'), load);
  return { ...task, ...defined({ ...optional, loopLabel: control.label }), module, params };
}

function readLoop(map: MapTree, faults: Faults): Tree | undefined {
  const loop = treeAt(map, 'loop');
  if (!loop || loop.kind === 'list') return loop;
  if (loop.kind === 'scalar' && typeof loop.value === 'string' && loop.value.includes('{{')) return loop;
  return wrongType(
    loop,
    'loop',
    'a list',
    faults,
    'Write a list, or a variable that is one: loop: "{{ports}}".',
  );
}

function readLoopControl(map: MapTree, faults: Faults): { loopVar: string; label: Tree | undefined } {
  const tree = treeAt(map, 'loop_control');
  const control = tree && readMap(tree, 'loop_control', faults);
  for (const { key, keyPlace } of control?.entries ?? []) {
    if (['index_var', 'pause', 'extended', 'break_when'].includes(key)) {
      notSupportedYet(`"${key}" of loop_control`, 'Take it out for now.', keyPlace, faults);
    } else if (key !== 'loop_var' && key !== 'label') {
      unknownKey(key, 'loop_control', ['loop_var', 'label'], keyPlace, faults);
    }
  }
  const loopVar = control && textOf(control, 'loop_var', faults);
  if (loopVar) checkName(loopVar.value, loopVar.place, faults);
  return { loopVar: loopVar?.value ?? 'item', label: control && treeAt(control, 'label') };
}

/** `check_mode: true` would keep a task from ever being applied, which nothing here does. */
function readCheckMode(map: MapTree, faults: Faults): Located<boolean> | undefined {
  const mode = booleanOf(map, 'check_mode', faults);
  if (mode?.value) {
    notSupportedYet('check_mode: true', 'Use troupe plan, which changes nothing.', mode.place, faults);
  }
  return mode;
}

function numberOf(map: MapTree, key: string, faults: Faults, whole: boolean): Located<number> | undefined {
  const tree = treeAt(map, key);
  return tree && readNumber(tree, key, faults, { whole });
}
