import { fault } from '../diagnostics/trouble.ts';
import type { MapEntry, MapTree, ScalarTree, Tree } from '../model/tree.ts';
import type { Loading } from './context.ts';
import { notSupportedYet } from './faults.ts';
import { emptyMap, isNothing, readMap, wrongType } from './read-tree.ts';
import type { FoundModule } from './task-module.ts';
import { mergeMaps } from './variables.ts';

const KEY_VALUE = /^\s*\w+=/;
const COMMAND_OPTIONS = /^\s*(creates|removes|chdir|executable|warn)=/;

/** The parameters of a task's module: a map, or a text for modules that take one; `args` are put with them. */
export function readParams({ module, entry }: FoundModule, args: Tree | undefined, load: Loading): Tree {
  const { value } = entry;
  if (module === 'meta') checkMeta(value, load);
  const more = args && readMap(args, 'args', load.faults);
  if (value.kind === 'list') {
    wrongType(value, `Parameters of ${module}`, 'a map', load.faults);
    return emptyMap(value.place);
  }
  if (value.kind === 'map') return more ? mergeMaps(value, more) : value;
  if (isNothing(value)) return more ?? emptyMap(entry.keyPlace);
  if (isInline(module, value, load)) {
    load.faults.push(inlineFault(module, entry, String(value.value)));
    return emptyMap(value.place);
  }
  if (!more) return value;
  return mergeMaps(asMap(entry, value), more);
}

function isInline(module: string, value: ScalarTree, load: Loading): boolean {
  const text = String(value.value);
  return load.freeForm.has(module) ? COMMAND_OPTIONS.test(text) : KEY_VALUE.test(text);
}

/** `copy: src=a dest=b`, and what it is in YAML. */
function inlineFault(module: string, entry: MapEntry, text: string) {
  const pairs = [...text.matchAll(/(\w+)=("[^"]*"|'[^']*'|\{\{.*?\}\}\S*|\S*)/g)];
  const lines = pairs.map(
    ([, key, value = '']) =>
      `  ${key}: ${value.includes('{{') && !/^["']/.test(value) ? `"${value}"` : value}`,
  );
  const command = text.replace(/(\w+)=("[^"]*"|'[^']*'|\S*)\s*/g, '').trim();
  const first = /^(command|shell)$/.test(module) && command ? [`  cmd: ${command}`] : [];
  return fault('inline-parameters', `Parameters of ${module} are written as key=value.`, {
    help: `Write them as YAML:\n${[`${entry.key}:`, ...first, ...lines].join('\n')}`,
    place: entry.value.place,
  });
}

const asMap = (entry: MapEntry, value: ScalarTree): MapTree => ({
  kind: 'map',
  place: value.place,
  entries: [{ key: 'cmd', keyPlace: entry.keyPlace, value }],
});

function checkMeta(value: Tree, load: Loading): void {
  if (value.kind === 'scalar' && value.value === 'flush_handlers') return;
  const what = value.kind === 'scalar' && value.value !== null ? `meta: ${value.value}` : 'This form of meta';
  notSupportedYet(what, 'Only "meta: flush_handlers" is known.', value.place, load.faults);
}
