import { nearestName } from '../diagnostics/did-you-mean.ts';
import { fault } from '../diagnostics/trouble.ts';
import type { MapEntry, MapTree } from '../model/tree.ts';
import type { Loading, TaskFile } from './context.ts';
import { nearest, notSupportedYet } from './faults.ts';
import { INSTEAD, NOT_YET, TASK_KEYWORDS } from './keywords.ts';

/** The entry of a task that names its module. */
export interface FoundModule {
  readonly module: string;
  readonly entry: MapEntry;
}

/** Collections of Ansible whose modules are known here by their last name. */
const COLLECTION = /^(ansible\.builtin|ansible\.legacy|ansible\.posix|community\.general)\./;

/** Keywords of Ansible that are parameters of modules too, and may just stand too far left. */
const OFTEN_PARAMETERS = new Set(['port', 'timeout', 'environment', 'connection', 'diff', 'order']);

/** Finds the one key that is a module; reports all keys that are neither module nor keyword. */
export function findModule(map: MapTree, file: TaskFile, load: Loading): FoundModule | undefined {
  const strangers = map.entries.filter((entry) => !isKeyword(entry, file, load));
  const candidates = strangers.map((entry) => ({ module: entry.key.replace(COLLECTION, ''), entry }));
  const late = candidates.filter(({ module }) => notYet(module) !== undefined && !isModule(module, load));
  for (const { module, entry } of late) {
    const slipped = OFTEN_PARAMETERS.has(module)
      ? ' A parameter of the module belongs below it, indented deeper.'
      : '';
    notSupportedYet(`"${module}"`, `${notYet(module) ?? ''}${slipped}`, entry.keyPlace, load.faults);
  }
  const open = candidates.filter((one) => !late.includes(one));
  const [found, second] = open.filter((one) => isModule(one.module, load));
  if (found) {
    if (second && load.modules) reportSecond(found, second, load);
    const rest = load.modules ? open.filter((one) => !isModule(one.module, load)) : open.slice(1);
    for (const one of rest) reportKeyword(one, load);
    return found;
  }
  if (open.length > 0) reportUnknown(open, load);
  else if (late.length === 0) {
    const help = 'Add a module with its parameters, such as "package: {name: curl}".';
    load.faults.push(fault('no-module', 'This task has no module.', { help, place: map.place }));
  }
  return undefined;
}

function isKeyword(entry: MapEntry, file: TaskFile, load: Loading): boolean {
  const keywords: readonly string[] = TASK_KEYWORDS;
  if (!keywords.includes(entry.key)) return false;
  if (entry.key === 'listen' && !file.handlers) {
    const help = 'Move the task under handlers:, or take "listen" out.';
    load.faults.push(
      fault('listen-outside-handlers', 'Only a handler listens.', { help, place: entry.keyPlace }),
    );
  }
  return true;
}

/** `meta` is no module: the engine itself does what it asks. */
const isModule = (name: string, load: Loading): boolean =>
  name === 'meta' || (load.modules ? load.modules.includes(name) : true);

function notYet(key: string): string | undefined {
  if (/^with_\w+$/.test(key)) return 'Use loop, with a list or a variable that is one.';
  return NOT_YET.get(key);
}

function reportSecond(first: FoundModule, second: FoundModule, load: Loading): void {
  load.faults.push(
    fault('two-modules', `A task has one module, this one has "${first.module}" and "${second.module}".`, {
      help: 'Make it two tasks.',
      place: second.entry.keyPlace,
    }),
  );
}

function reportKeyword({ entry }: FoundModule, load: Loading): void {
  load.faults.push(
    fault('unknown-keyword', `A task has no keyword "${entry.key}".`, {
      help: `${nearest(entry.key, TASK_KEYWORDS)}A parameter of the module belongs below it, indented deeper.`,
      place: entry.keyPlace,
    }),
  );
}

/** No key is a module: which one was meant to be? The one that is least like a keyword. */
function reportUnknown(open: readonly FoundModule[], load: Loading): void {
  const modules = load.modules ?? [];
  const meant =
    open.find((one) => nearestName(one.module, modules) ?? INSTEAD.has(one.module)) ??
    open.find((one) => !nearestName(one.entry.key, TASK_KEYWORDS));
  for (const one of open) {
    if (one !== meant) {
      reportKeyword(one, load);
      continue;
    }
    const instead = INSTEAD.get(one.module);
    const help = instead
      ? `Use ${instead}.`
      : `${nearest(one.module, modules)}troupe module lists all modules.`;
    load.faults.push(
      fault('unknown-module', `There is no module "${one.entry.key}".`, { help, place: one.entry.keyPlace }),
    );
  }
}
