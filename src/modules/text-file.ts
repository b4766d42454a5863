import type { FileRead } from '../model/probe.ts';
import { type Shown, type Step, step } from '../model/step.ts';

/** Text of a file that was read whole; undefined where there is none. */
export const textOf = (read: FileRead): string | undefined =>
  read.exists ? new TextDecoder().decode(read.content ?? new Uint8Array()) : undefined;

/** Steps from one text of a file to another; an empty text is no file. A new file gets mode 0644. */
export function fileSteps(field: string, path: string, before: string, after: string): readonly Step[] {
  if (before === after) return [];
  const content = new TextEncoder().encode(after);
  return [
    step(field, shown(before), shown(after), {
      path,
      action:
        after === ''
          ? { kind: 'remove', path }
          : { kind: 'writeFile', path, content, ...(before === '' ? { mode: 0o644 } : {}) },
    }),
  ];
}

const shown = (text: string): Shown => (text === '' ? undefined : { bytes: new TextEncoder().encode(text) });
