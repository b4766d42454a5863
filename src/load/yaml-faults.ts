import type { YAMLError } from 'yaml';
import { fault } from '../diagnostics/trouble.ts';
import type { Diagnostic, Place } from '../model/source.ts';
import { Places } from './yaml-places.ts';

type PlaceOf = (offset: number) => Place;

/** A value that starts with {{ and is not quoted: a YAML map, where a template was meant. */
const UNQUOTED_BRACES = /^\s*(?:- +)*(?:[^\s"'#{][^"'#{]*:\s+|- +)\{\{/;

/** Follow on nearly every other error, so they are reported only where they come first. */
const CONSEQUENCES = new Set(['UNEXPECTED_TOKEN', 'MISSING_CHAR', 'MULTILINE_IMPLICIT_KEY', 'IMPOSSIBLE']);

/** The errors of the YAML library in plain words: one a line, causes without their consequences. */
export function syntaxFaults(
  errors: readonly YAMLError[],
  text: string,
  file: string,
): readonly Diagnostic[] {
  const places = new Places(text, file);
  const place: PlaceOf = (offset) => places.at(offset);
  const lines = text.split('\n');
  const faults = new Map<number, Diagnostic>();
  for (const [index, line] of lines.entries()) {
    if (UNQUOTED_BRACES.test(line) && errors.some((error) => place(error.pos[0]).line === index + 1)) {
      const column = line.indexOf('{{') + 1;
      faults.set(index + 1, unquotedBraces({ file, line: index + 1, column }, line.slice(column - 1)));
    }
  }
  for (const error of errors) {
    if (faults.size > 0 && CONSEQUENCES.has(error.code)) continue;
    const found = explain(error, errors, lines, place);
    const line = found.place?.line ?? 0;
    if (!faults.has(line)) faults.set(line, found);
  }
  return [...faults.values()];
}

/** The well-known trap: `msg: {{name}}`. */
export function unquotedBraces(place: Place, written: string): Diagnostic {
  const value = written.replace(/\s+#.*$/, '').trim();
  return fault('yaml-unquoted-braces', 'A value that starts with {{ must be quoted.', {
    help: `Write "${value.replaceAll('"', "'")}" with the quotes: YAML takes a bare { for a map.`,
    place,
  });
}

function explain(
  error: YAMLError,
  all: readonly YAMLError[],
  lines: readonly string[],
  place: PlaceOf,
): Diagnostic {
  const at = place(error.pos[0]);
  const yaml = (summary: string, help: string, where: Place = at): Diagnostic =>
    fault('yaml-syntax', summary, { help, place: where });
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return yaml('A tab is used for indentation.', 'YAML indents with spaces only: replace the tab.');
    case 'BLOCK_AS_IMPLICIT_KEY':
      return indentedTooDeep(error, all)
        ? yaml(
            'This line is indented deeper than the line above allows.',
            'Line it up with the keys it belongs to.',
            firstTextAfter(at, lines),
          )
        : yaml(
            'A value that contains ": " must be quoted.',
            'Put the whole value in quotes: YAML takes what stands before ": " for a key.',
          );
    case 'BAD_INDENT':
      return yaml(
        'The indentation does not fit.',
        `${error.message}. Line it up with the lines it belongs to, with spaces only.`,
      );
    case 'BAD_SCALAR_START':
      return yaml(
        `A value cannot start with ${lines[at.line - 1]?.[at.column - 1] ?? 'this'} unless it is quoted.`,
        'Put the whole value in quotes.',
      );
    case 'BAD_DQ_ESCAPE':
      return yaml(
        `${error.message} in a double-quoted text.`,
        'Write \\\\ for a backslash, or use single quotes, which take it as it is.',
      );
    case 'MISSING_CHAR':
      return explainMissing(error, yaml);
    case 'UNEXPECTED_TOKEN':
      return explainUnexpected(error, lines[at.line - 1] ?? '', at, yaml);
    default:
      return yaml(
        `This is not valid YAML: ${error.message}.`,
        'Check the quotes and the indentation here and in the line above.',
      );
  }
}

type Explain = (summary: string, help: string) => Diagnostic;

function explainMissing(error: YAMLError, yaml: Explain): Diagnostic {
  if (/closing/.test(error.message)) {
    return yaml(
      'A quoted text is not closed.',
      'Add the missing quote; the text may begin some lines above.',
    );
  }
  return yaml(
    'A key without a ":" after it.',
    'Write "key: value", or indent the line so that it continues the one above.',
  );
}

function explainUnexpected(error: YAMLError, line: string, at: Place, yaml: Explain): Diagnostic {
  if (/block-seq-ind/.test(error.message)) {
    return yaml(
      'A list cannot start in the line of its key.',
      'Start it on the next line, or write it as [a, b].',
    );
  }
  if (/["'}\]]\s*$/.test(line.slice(0, at.column - 1))) {
    return yaml(
      'Text after the end of a value.',
      'Put the whole value in quotes, with the other kind of quotes inside.',
    );
  }
  return yaml(
    'This does not belong to the list or map above it.',
    'Line it up: items of a list all start with "- ", keys of a map all have "key: value", in the same column.',
  );
}

const indentedTooDeep = (error: YAMLError, all: readonly YAMLError[]): boolean =>
  all.some((other) => other.code === 'MULTILINE_IMPLICIT_KEY' && other.pos[0] - error.pos[0] <= 1);

function firstTextAfter(at: Place, lines: readonly string[]): Place {
  const next = lines.findIndex((line, index) => index >= at.line && line.trim() !== '');
  if (next < 0) return at;
  return { file: at.file, line: next + 1, column: (lines[next]?.search(/\S/) ?? 0) + 1 };
}
