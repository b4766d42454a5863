import type { Diagnostic } from '../model/source.ts';
import type { Value } from '../model/value.ts';

/** What came of rendering or deciding: a value (which may be unknown), or faults. */
export type Rendered =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] };
