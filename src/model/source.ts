/** A place in a file that the user wrote; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Severity of a diagnostic. */
export type Severity = 'error' | 'warning';

/**
 * An error as a value. `code` is stable and branched on; `summary` is one line; `help` says what to do.
 * See docs/architecture.md for how they are collected and printed.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly help?: string;
  readonly place?: Place;
  /** Host that it concerns, where it concerns just one. */
  readonly host?: string;
}
