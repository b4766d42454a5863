import { isUtf8 } from 'node:buffer';
import type { FileRead } from '../model/probe.ts';
import { type Effect, type Shown, type Step, step } from '../model/step.ts';
import { type Refusal, refuse } from './module.ts';

/** Text of a file that was read whole; undefined where there is none. */
export const textOf = (read: FileRead): string | undefined =>
  read.exists ? new TextDecoder().decode(read.content ?? new Uint8Array()) : undefined;

/** Why a file cannot be edited as text: it is no file, or its bytes would not stay as they are. */
export function editRefusal(path: string, { exists, sha256, content }: FileRead): Refusal | undefined {
  if (exists && sha256 === undefined) return refuse(`${path} is not a file`);
  return content && !isUtf8(Buffer.from(content)) ? refuse(`${path} is not UTF-8 text`) : undefined;
}

/** Steps from one text of a file to another; an empty text is no file. A new file gets mode 0644. */
export function fileSteps(
  field: string,
  path: string,
  before: string,
  after: string,
  effects: readonly Effect[] = [],
): readonly Step[] {
  if (before === after) return [];
  const content = new TextEncoder().encode(after);
  return [
    step(field, shown(before), shown(after), {
      path,
      effects,
      action:
        after === ''
          ? { kind: 'remove', path }
          : { kind: 'writeFile', path, content, ...(before === '' ? { mode: 0o644 } : {}) },
    }),
  ];
}

const shown = (text: string): Shown => (text === '' ? undefined : { bytes: new TextEncoder().encode(text) });
