import type { Diagnostic, Place } from '../model/source.ts';

/** One or more diagnostics on their way to the command line; the only exception that our code throws on purpose. */
export class Trouble extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.summary).join('\n'));
    this.name = 'Trouble';
    this.diagnostics = diagnostics;
  }
}

/** Makes an error diagnostic. */
export function fault(
  code: string,
  summary: string,
  more: { help?: string; place?: Place; host?: string } = {},
): Diagnostic {
  return { code, severity: 'error', summary, ...more };
}

/** Shorthand: a `Trouble` of one error. */
export function trouble(
  code: string,
  summary: string,
  more: { help?: string; place?: Place; host?: string } = {},
): Trouble {
  return new Trouble([fault(code, summary, more)]);
}
