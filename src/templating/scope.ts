import type { Value } from '../model/value.ts';

/** Names to values, asked for lazily. */
export interface Scope {
  /** The value of a name; undefined where there is no such name. */
  get(name: string): Value | undefined;
  /** All names there are, for "did you mean". */
  names(): readonly string[];
}
