import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import type { Diagnostic, Place } from '../model/source.ts';
import { codeFrame } from './code-frame.ts';
import { type Paint, painter } from './paint.ts';

/** How diagnostics are printed. */
export interface PrintOptions {
  readonly colour: boolean;
  /** Text of a file for its code frame; undefined where there is none. By default it is read from disk. */
  readonly readFile?: (path: string) => string | undefined;
  /** Paths are shown relative to this folder; by default the working directory. */
  readonly cwd?: string;
}

/** A diagnostic with all hosts that it concerns. */
interface Folded {
  readonly diagnostic: Diagnostic;
  readonly hosts: readonly string[];
}

/** Diagnostics as text: sorted by file and line, equal ones folded, with code frames, and their number at the end. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], options: PrintOptions): string {
  const paint = painter(options.colour);
  const read = remember(options.readFile ?? readFromDisk);
  const folded = fold(diagnostics).sort((a, b) => order(a.diagnostic, b.diagnostic));
  const printed = folded.map((one) => print(one, paint, read, options.cwd ?? process.cwd()));
  if (printed.length > 1) printed.push(`${count(folded)}\n`);
  return printed.join('\n');
}

function print({ diagnostic, hosts }: Folded, paint: Paint, read: ReadFile, cwd: string): string {
  const { code, severity, summary, help, place } = diagnostic;
  const head = paint(severity === 'error' ? 'red' : 'yellow', `${severity}[${code}]`);
  const lines = [`${head}${paint('bold', ':')} ${paint('bold', summary)}`];
  if (place) {
    lines.push(`${paint('blue', '  -->')} ${shortPath(place.file, cwd)}:${place.line}:${place.column}`);
    lines.push(...codeFrame(read(place.file), place, paint));
  }
  if (hosts.length > 0)
    lines.push(`${paint('blue', hosts.length > 1 ? '  hosts:' : '  host:')} ${hosts.join(', ')}`);
  if (help) lines.push(`${paint('green', '  help:')} ${help.trimEnd().replaceAll('\n', '\n        ')}`);
  return `${lines.join('\n')}\n`;
}

function fold(diagnostics: readonly Diagnostic[]): Folded[] {
  const found = new Map<string, { diagnostic: Diagnostic; hosts: string[] }>();
  for (const diagnostic of diagnostics) {
    const { host, ...rest } = diagnostic;
    const key = JSON.stringify([rest.code, rest.severity, rest.summary, rest.help, rest.place]);
    const same = found.get(key) ?? { diagnostic, hosts: [] };
    if (host !== undefined && !same.hosts.includes(host)) same.hosts.push(host);
    found.set(key, same);
  }
  return [...found.values()];
}

/** By file, line and column; what has no place comes last, in the order it was found. */
function order(a: Diagnostic, b: Diagnostic): number {
  if (!a.place || !b.place) return Number(!a.place) - Number(!b.place);
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.line - b.place.line || a.place.column - b.place.column;
}

function count(folded: readonly Folded[]): string {
  const of = (severity: Diagnostic['severity']): string | undefined => {
    const number = folded.filter((one) => one.diagnostic.severity === severity).length;
    return number === 0 ? undefined : `${number} ${severity}${number === 1 ? '' : 's'}`;
  };
  return [of('error'), of('warning')].filter((part) => part !== undefined).join(', ');
}

/** Relative to the folder, unless that leads up through more than its parent. */
function shortPath(file: Place['file'], cwd: string): string {
  if (!isAbsolute(file)) return file;
  const path = relative(cwd, file);
  return path === '' || path.startsWith('../../') ? file : path;
}

type ReadFile = (path: string) => string | undefined;

const remember = (read: ReadFile): ReadFile => {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, read(path));
    return known.get(path);
  };
};

function readFromDisk(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
