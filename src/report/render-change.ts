import { structuredPatch } from 'diff';
import type { Change, ShownValue } from '../model/event.ts';
import type { Paint } from './paint.ts';

/** Longest diff that is shown whole, in lines; of a longer one the rest is counted. */
const LONGEST = 40;

/** A change as lines, without indentation: unified diffs of text, before → after of the rest. */
export function renderChange(change: Change, paint: Paint): readonly string[] {
  const { before, after, sign, field } = change;
  const sides = [before, after];
  if (sides.some((side) => side?.kind === 'text') && !sides.some((side) => side?.kind === 'binary'))
    return textDiff(change, paint);
  if (isList(before) || isList(after))
    return [`${field}:`, ...listDiff(listOf(before), listOf(after), paint)];
  const show = (value: ShownValue | undefined) => (field === 'mode' ? inWords(plain(value)) : plain(value));
  if (before === undefined) return [`${field}: ${paint.green(show(after))}`];
  const tint = sign === '-' ? paint.red : paint.yellow;
  return [`${field}: ${tint(`${show(before)} → ${show(after)}`)}`];
}

function textDiff({ field, path, before, after }: Change, paint: Paint): readonly string[] {
  const name = path ?? field;
  const remark = before?.kind === 'value' ? [paint.dim(`(before: ${before.value})`)] : [];
  const patch = structuredPatch(name, name, textOf(before), textOf(after), '', '', { context: 3 });
  const head = [
    paint.bold(`--- ${before === undefined ? '/dev/null' : name}`),
    paint.bold(`+++ ${after === undefined ? '/dev/null' : name}`),
  ];
  const lines = patch.hunks.flatMap((hunk) => [
    paint.cyan(`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
    ...hunk.lines.map((line) =>
      line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : line,
    ),
  ]);
  return [...remark, ...head, ...folded(lines, paint)];
}

/** As diff(1) has it: what has no lines stands after the line before it. */
const range = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`;

const textOf = (value: ShownValue | undefined): string => (value?.kind === 'text' ? value.text : '');

function folded(lines: readonly string[], paint: Paint): readonly string[] {
  if (lines.length <= LONGEST) return lines;
  return [...lines.slice(0, LONGEST), paint.dim(`… ${lines.length - LONGEST} more lines`)];
}

const isList = (value: ShownValue | undefined): boolean =>
  value?.kind === 'value' && Array.isArray(value.value);
const listOf = (value: ShownValue | undefined): readonly string[] =>
  value?.kind === 'value' && Array.isArray(value.value) ? (value.value as readonly string[]) : [];

const listDiff = (before: readonly string[], after: readonly string[], paint: Paint): readonly string[] => [
  ...before.filter((item) => !after.includes(item)).map((item) => paint.red(`- ${item}`)),
  ...after.filter((item) => !before.includes(item)).map((item) => paint.green(`+ ${item}`)),
];

/** A mode with what it means, as ls(1) prints it: `4755 (rwsr-xr-x)`. */
export function inWords(mode: string): string {
  if (!/^[0-7]{3,5}$/.test(mode)) return mode;
  const bits = Number.parseInt(mode, 8);
  const third = (shift: number, special: number, letter: string): string => {
    const own = bits >> shift;
    const isSpecial = (bits & special) !== 0;
    const x = (own & 1) !== 0 ? (isSpecial ? letter : 'x') : isSpecial ? letter.toUpperCase() : '-';
    return `${(own & 4) !== 0 ? 'r' : '-'}${(own & 2) !== 0 ? 'w' : '-'}${x}`;
  };
  return `${mode} (${third(6, 0o4000, 's')}${third(3, 0o2000, 's')}${third(0, 0o1000, 't')})`;
}

function plain(value: ShownValue | undefined): string {
  if (value === undefined) return '(absent)';
  if (value.kind === 'secret') return '(secret)';
  if (value.kind === 'binary') return `${value.size} bytes, sha256 ${value.sha256.slice(0, 12)}…`;
  if (value.kind === 'text') return `${Buffer.byteLength(value.text)} bytes of text`;
  return value.value === '' ? '""' : String(value.value);
}
