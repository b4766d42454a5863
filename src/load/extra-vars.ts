import { resolve } from 'node:path';
import { fault } from '../diagnostics/trouble.ts';
import type { Variable } from '../model/inventory.ts';
import type { Place } from '../model/source.ts';
import type { MapTree, ScalarTree } from '../model/tree.ts';
import { type Faults, throwFaults } from './faults.ts';
import { checkName, readVars, readVarsFile } from './variables.ts';
import { parseYaml } from './yaml.ts';

/** Place of what stands on the command line. */
const COMMAND_LINE: Place = { file: '-e', line: 1, column: 1 };

/**
 * Reads the values of `-e`: `name=value` (several in one, with quotes as in a shell), `@file`, or a map in JSON. Of a
 * name=value, whole numbers, true, false, yes and no have their type; all else is text. Later ones win. Throws `Trouble`.
 */
export function loadExtraVars(args: readonly string[]): ReadonlyMap<string, Variable> {
  const faults: Faults = [];
  const vars = new Map<string, Variable>();
  for (const arg of args) {
    const from = arg.startsWith('@') ? `-e ${arg}` : '-e';
    for (const { key, keyPlace, value } of readArgument(arg, faults)?.entries ?? []) {
      const hidden = vars.get(key);
      vars.set(key, { tree: value, from, place: keyPlace, hides: hidden ? [hidden, ...hidden.hides] : [] });
    }
  }
  throwFaults(faults);
  return vars;
}

function readArgument(arg: string, faults: Faults): MapTree | undefined {
  const text = arg.trim();
  if (text.startsWith('@')) return readVarsFile(resolve(text.slice(1)), faults);
  if (text.startsWith('{')) {
    const tree = parseYaml(text, '-e', faults);
    return tree && readVars(tree, '-e', faults);
  }
  const pairs = pairsOf(text);
  if (!pairs) {
    const help = 'Write -e name=value, -e @file.yml, or -e \'{"name": "value"}\'.';
    faults.push(fault('extra-vars', `-e does not understand "${arg}".`, { help }));
    return undefined;
  }
  const entries = pairs.map(([key, value]) => ({ key, keyPlace: COMMAND_LINE, value: typed(value) }));
  for (const { key } of entries) checkName(key, COMMAND_LINE, faults);
  return { kind: 'map', place: COMMAND_LINE, entries };
}

const PAIR = /^([^\s=]+)=([\s\S]*)$/;

/** `a=1 b='x y'` is two; `motd=hello world` is one, for its second word names nothing. */
function pairsOf(text: string): readonly (readonly [string, string])[] | undefined {
  const first = PAIR.exec(text);
  if (!first) return undefined;
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const pairs = words.map((word) => PAIR.exec(word));
  if (pairs.every((pair) => pair !== null)) {
    return pairs.map(([, name = '', value = '']) => [name, unquoted(value)] as const);
  }
  return [[first[1] ?? '', unquoted(first[2] ?? '')]];
}

const unquoted = (value: string): string => /^(["'])([\s\S]*)\1$/.exec(value)?.[2] ?? value;

function typed(text: string): ScalarTree {
  const scalar = (value: ScalarTree['value']): ScalarTree => ({ kind: 'scalar', place: COMMAND_LINE, value });
  if (/^(true|yes)$/i.test(text)) return scalar(true);
  if (/^(false|no)$/i.test(text)) return scalar(false);
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? scalar(Number(text)) : scalar(text);
}
