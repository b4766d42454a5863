import { fault } from '../diagnostics/trouble.ts';
import type { Located } from '../model/playbook.ts';
import type { Place } from '../model/source.ts';
import type { ListTree, MapTree, Tree } from '../model/tree.ts';
import type { Faults } from './faults.ts';

/** An empty map at a place. */
export const emptyMap = (place: Place): MapTree => ({ kind: 'map', place, entries: [] });

/** True for a key that was written without a value. */
export const isNothing = (tree: Tree): boolean => tree.kind === 'scalar' && tree.value === null;

/** A tree in words, for messages: `a list`, `the text "abc"`. */
export function describe(tree: Tree): string {
  if (tree.kind !== 'scalar') return `a ${tree.kind}`;
  if (tree.value === null) return 'nothing';
  if (typeof tree.value === 'string') return `the text ${JSON.stringify(tree.value.slice(0, 40))}`;
  return String(tree.value);
}

/** Reports a value of a wrong type. `what` starts the sentence, `wanted` completes it. */
export function wrongType(
  tree: Tree,
  what: string,
  wanted: string,
  faults: Faults,
  help?: string,
): undefined {
  faults.push(
    fault('wrong-type', `${what} must be ${wanted}, not ${describe(tree)}.`, {
      help: help ?? `Write ${wanted} here.`,
      place: tree.place,
    }),
  );
  return undefined;
}

/** A map; a key without a value is an empty one. */
export function readMap(tree: Tree, what: string, faults: Faults, help?: string): MapTree | undefined {
  if (tree.kind === 'map') return tree;
  return isNothing(tree) ? emptyMap(tree.place) : wrongType(tree, what, 'a map', faults, help);
}

/** The items of a list; a key without a value is an empty one. */
export function readList(
  tree: Tree,
  what: string,
  faults: Faults,
  help?: string,
): ListTree['items'] | undefined {
  if (tree.kind === 'list') return tree.items;
  return isNothing(tree) ? [] : wrongType(tree, what, 'a list', faults, help);
}

/** A text; numbers and booleans count as the text they print. */
export function readText(tree: Tree, what: string, faults: Faults): Located<string> | undefined {
  if (tree.kind === 'scalar' && tree.value !== null) return { value: String(tree.value), place: tree.place };
  return wrongType(tree, what, 'a text', faults);
}

/** One text or a list of them. */
export function readTexts(tree: Tree, what: string, faults: Faults): readonly Located<string>[] {
  if (isNothing(tree)) return [];
  const items = tree.kind === 'list' ? tree.items : [tree];
  return items.flatMap((item) => readText(item, what, faults) ?? []);
}

const YES = /^(true|yes|on|1)$/i;
const NO = /^(false|no|off|0)$/i;

/** A boolean; the words yes, no, on, off count, quoted too. */
export function readBoolean(tree: Tree, what: string, faults: Faults): Located<boolean> | undefined {
  if (tree.kind === 'scalar' && tree.value !== null) {
    const text = String(tree.value);
    if (YES.test(text)) return { value: true, place: tree.place };
    if (NO.test(text)) return { value: false, place: tree.place };
    if (text.includes('{{')) {
      const help = `Write true or false; ${what} takes no template.`;
      return wrongType(tree, what, 'true or false', faults, help);
    }
  }
  return wrongType(tree, what, 'true or false', faults);
}

/** A number of at least `least`, whole where `whole` says so. */
export function readNumber(
  tree: Tree,
  what: string,
  faults: Faults,
  { least = 0, whole = true }: { least?: number; whole?: boolean } = {},
): Located<number> | undefined {
  const value =
    tree.kind === 'scalar' && tree.value !== null && tree.value !== '' ? Number(tree.value) : Number.NaN;
  const isNumber = tree.kind === 'scalar' && typeof tree.value !== 'boolean' && Number.isFinite(value);
  if (isNumber && value >= least && (!whole || Number.isInteger(value))) return { value, place: tree.place };
  return wrongType(tree, what, `a ${whole ? 'whole ' : ''}number of at least ${least}`, faults);
}
