import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { Trouble } from '../../../src/diagnostics/trouble.ts';
import type { Diagnostic } from '../../../src/model/source.ts';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes files into a folder of their own, which goes away after the test; answers the folder. */
export function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-load-'));
  made.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The diagnostics that `act` throws; none where it throws nothing. */
export function faultsOf(act: () => unknown): readonly Diagnostic[] {
  try {
    act();
  } catch (error) {
    if (error instanceof Trouble) return error.diagnostics;
    throw error;
  }
  return [];
}

/** A diagnostic as one line: code, line and column, summary; `folder` is shortened to DIR. */
export function brief({ code, place, summary }: Diagnostic, folder = ''): string {
  const text = folder ? summary.replaceAll(folder, 'DIR') : summary;
  return `${code} ${place ? `${place.line}:${place.column} ` : ''}${text}`;
}
