import { isMap, isUnknown, type Unknown, type Value } from '../model/value.ts';

/** Thrown when an evaluation touches something unknown: its result is unknown too. */
export class Touched extends Error {
  readonly value: Unknown;

  constructor(value: Unknown) {
    super(value.reason);
    this.name = 'Touched';
    this.value = value;
  }
}

/**
 * A value as CEL has it: whole numbers are ints (BigInt). Maps are converted entry by entry when an entry is read, so that
 * a condition over one host's variable does not render everybody's.
 */
export function toNative(value: Value): unknown {
  if (isUnknown(value)) throw new Touched(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(toNative);
  if (!isMap(value)) return value;
  return lazily(Object.keys(value), (key) => value[key] ?? null);
}

/** An object whose properties are converted when they are read. */
export function lazily(keys: readonly string[], read: (key: string) => Value): object {
  const object = {};
  for (const key of keys)
    Object.defineProperty(object, key, { enumerable: true, get: () => toNative(read(key)) });
  return object;
}

/** A result of CEL as a value of ours. */
export function fromNative(value: unknown): Value {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(fromNative);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), fromNative(item)]));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromNative(item)]));
  }
  return value === undefined ? null : (value as Value);
}
