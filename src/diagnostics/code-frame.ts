import type { Place } from '../model/source.ts';
import type { Paint } from './paint.ts';

const BEFORE = 2;
const AFTER = 1;
const WIDEST = 110;
const TAB = '    ';

/** The lines around a place, with a caret under it. No lines where the text is unknown or does not reach so far. */
export function codeFrame(text: string | undefined, place: Place, paint: Paint): readonly string[] {
  const all = text?.split(/\r?\n/) ?? [];
  // A file's last newline makes no line of its own, unless the fault is at the very end.
  if (all.at(-1) === '' && place.line < all.length) all.pop();
  const line = all[place.line - 1];
  if (line === undefined) return [];
  const first = Math.max(1, place.line - BEFORE);
  const last = Math.min(all.length, place.line + AFTER);
  const width = String(last).length;
  const gutter = (label: string | number): string => paint('blue', `  ${String(label).padStart(width)} |`);
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const source = all[number - 1] ?? '';
    frame.push(`${gutter(number)} ${shown(source)}`.trimEnd());
    if (number === place.line) frame.push(`${gutter('')} ${caret(source, place.column, paint)}`);
  }
  return frame;
}

const shown = (line: string): string => {
  const text = line.replaceAll('\t', TAB);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
};

function caret(line: string, column: number, paint: Paint): string {
  const before = line.slice(0, column - 1).replaceAll('\t', TAB);
  return ' '.repeat(Math.min(before.length, WIDEST - 1)) + paint('red', '^');
}
