import type { Probe } from '../model/probe.ts';

/** A probe with what tells it from others that a user may ask: equal probes have equal keys. */
export interface Question {
  readonly probe: Probe;
  readonly key: string;
}

export const question = (probe: Probe): Question => ({ probe, key: keyOf(probe) });

/**
 * What tells a probe from others. Made of the fields by hand, which costs less than JSON. That it is asked only where another
 * answer is a directory says nothing of what is asked.
 */
export function keyOf(probe: Probe): string {
  let key = '';
  const fields = probe as unknown as Readonly<Record<string, unknown>>;
  for (const field in fields) {
    const value = fields[field];
    if (value !== undefined && field !== 'within')
      key += `\0${field}\0${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  }
  return key;
}
