import { hash } from 'node:crypto';
import type { Change, ShownValue } from '../model/event.ts';
import type { PlannedStep } from '../model/planned.ts';
import type { Shown, Step } from '../model/step.ts';

/** The steps that change something, as they are reported; with `secret` their values are not. */
export const changesOf = (
  steps: readonly (PlannedStep & Partial<Pick<Step, 'changes'>>)[],
  secret: boolean,
): readonly Change[] =>
  steps
    .filter((step) => step.changes !== false)
    .map((step) => ({
      sign: step.sign,
      field: step.field,
      ...shown('before', step.before, secret),
      ...shown('after', step.after, secret),
      ...(step.path === undefined ? {} : { path: step.path }),
    }));

function shown<K extends 'before' | 'after'>(
  key: K,
  value: Shown,
  secret: boolean,
): { readonly [P in K]?: ShownValue } {
  if (value === undefined) return {};
  return { [key]: secret ? { kind: 'secret' } : shownValue(value) } as { readonly [P in K]: ShownValue };
}

function shownValue(value: Exclude<Shown, undefined>): ShownValue {
  if (typeof value !== 'object' || value === null) return { kind: 'value', value };
  if ('sha256' in value) return { kind: 'binary', size: value.size, sha256: value.sha256 };
  if (!('bytes' in value)) return { kind: 'value', value };
  const text = tryText(value.bytes);
  return text === undefined
    ? {
        kind: 'binary',
        size: value.bytes.length,
        sha256: hash('sha256', value.bytes),
      }
    : { kind: 'text', text };
}

/** Bytes as text; undefined where they are none. */
function tryText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
