import type { Change, Status } from '../model/event.ts';
import type { Diagnostic } from '../model/source.ts';
import type { Step } from '../model/step.ts';
import type { Value } from '../model/value.ts';

/** What came of one task, or of one turn of its loop, on one host. */
export interface ItemResult {
  readonly status: Status;
  readonly changes: readonly Change[];
  /** What a dry run would do. */
  readonly steps?: readonly Step[];
  /** What `register` holds; unknown where a dry run cannot tell. */
  readonly value: Value;
  readonly reason?: string;
  readonly message?: string;
  readonly diagnostic?: Diagnostic;
  /** Values that the host has from here on (set_fact). */
  readonly sets?: Readonly<Record<string, Value>>;
}

export const skipped = (reason: string): ItemResult => ({
  status: 'skipped',
  changes: [],
  reason,
  value: { changed: false, failed: false, skipped: true },
});

export const failed = (diagnostic: Diagnostic, value: Readonly<Record<string, Value>> = {}): ItemResult => ({
  status: 'failed',
  changes: [],
  diagnostic,
  value: { ...value, changed: false, failed: true, msg: diagnostic.summary },
});
