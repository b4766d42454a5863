/** A value that cannot be known before apply, with the reason why: what Terraform calls "known after apply". */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }

  toJSON(): { readonly unknown: string } {
    return { unknown: this.reason };
  }
}

/** Any value of a playbook: what YAML can hold, and unknown. */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap | Unknown;

/** A map of values, as YAML's mappings. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** Makes an unknown value; the reason completes "known only when applied: …". */
export const unknown = (reason: string): Unknown => new Unknown(reason);

/** True for an unknown value itself; see `firstUnknown` for one inside a list or map. */
export const isUnknown = (value: unknown): value is Unknown => value instanceof Unknown;

/** True for a map (not a list, not null, not unknown). */
export const isMap = (value: Value | undefined): value is ValueMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);

/** The first unknown found in a value, however deep; undefined when all of it is known. */
export function firstUnknown(value: Value | undefined): Unknown | undefined {
  if (isUnknown(value)) return value;
  if (Array.isArray(value)) return firstOf(value);
  if (isMap(value)) return firstOf(Object.values(value));
  return undefined;
}

function firstOf(values: readonly Value[]): Unknown | undefined {
  for (const value of values) {
    const found = firstUnknown(value);
    if (found) return found;
  }
  return undefined;
}
