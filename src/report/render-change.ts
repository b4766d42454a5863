import { structuredPatch } from 'diff';
import type { Change, ShownValue } from '../model/event.ts';
import type { Paint } from './paint.ts';

/** Longest diff that is shown whole, in lines; of a longer one the rest is counted. */
const LONGEST = 40;

/** A change as lines, without indentation: unified diffs of text, before → after of the rest. */
export function renderChange(change: Change, paint: Paint): readonly string[] {
  const { before, after, sign, field } = change;
  const sides = [before, after];
  if (sides.some((side) => side?.kind === 'text')) return textDiff(change, paint);
  if (isList(before) || isList(after))
    return [`${field}:`, ...listDiff(listOf(before), listOf(after), paint)];
  const tint = sign === '+' ? paint.green : sign === '-' ? paint.red : paint.yellow;
  return [`${field}: ${tint(`${plain(before)} → ${plain(after)}`)}`];
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

function plain(value: ShownValue | undefined): string {
  if (value === undefined) return '(absent)';
  if (value.kind === 'secret') return '(secret)';
  if (value.kind === 'binary') return `${value.size} bytes, sha256 ${value.sha256.slice(0, 12)}…`;
  if (value.kind === 'text') return JSON.stringify(value.text);
  return value.value === '' ? '""' : String(value.value);
}
