import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { fault } from '../diagnostics/trouble.ts';
import type { Place } from '../model/source.ts';
import type { Tree } from '../model/tree.ts';
import type { Faults } from './faults.ts';
import { syntaxFaults } from './yaml-faults.ts';
import { treeOf } from './yaml-tree.ts';

/** Reads a YAML file. Undefined where it has a fault, which is then in `faults`. Places carry the absolute path. */
export function readYaml(path: string, faults: Faults, from?: Place): Tree | undefined {
  const file = resolve(path);
  try {
    return parseYaml(readFileSync(file, 'utf8'), file, faults);
  } catch (error) {
    faults.push(unreadable(file, error, from));
    return undefined;
  }
}

/** Parses YAML text; `file` names it in places. An empty text is null. */
export function parseYaml(text: string, file: string, faults: Faults): Tree | undefined {
  const start: Place = { file, line: 1, column: 1 };
  if (text.startsWith('$ANSIBLE_VAULT')) {
    const help = 'Decrypt it with ansible-vault, or leave the variables in it out.';
    faults.push(
      fault('not-supported-yet', 'Files encrypted by ansible-vault are not read yet.', {
        help,
        place: start,
      }),
    );
    return undefined;
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    faults.push(...syntaxFaults(errors, text, file, place));
    return undefined;
  }
  const [document, second] = documents;
  if (second) {
    const help = 'Put each document in a file of its own, and remove the "---" between them.';
    faults.push(
      fault('yaml-documents', 'A file holds one YAML document, this one has more.', {
        help,
        place: place(second.range[0]),
      }),
    );
    return undefined;
  }
  if (!document?.contents) return { kind: 'scalar', place: start, value: null };
  return treeOf(document, place, faults);
}

function unreadable(file: string, error: unknown, place: Place | undefined) {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
  return fault('file-unreadable', `Cannot read ${file}: ${why}.`, {
    help: 'Check the path and that you may read it.',
    ...(place && { place }),
  });
}
