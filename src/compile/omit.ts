import { isUnknown, type Value } from '../model/value.ts';

/** What the variable `omit` holds: a parameter with this value is left out, as in Ansible. */
export const OMIT = '__omit_place_holder__';

/** The value without what is to be left out, at any depth; undefined where that is all of it. */
export function withoutOmitted(value: Value): Value | undefined {
  if (value === OMIT) return undefined;
  if (value === null || typeof value !== 'object' || isUnknown(value)) return value;
  if (Array.isArray(value)) {
    const items = value as readonly Value[];
    return items.flatMap((item) => {
      const left = withoutOmitted(item);
      return left === undefined ? [] : [left];
    });
  }
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const left = withoutOmitted(item);
    return left === undefined ? [] : [[key, left] as const];
  });
  return Object.fromEntries(kept);
}
