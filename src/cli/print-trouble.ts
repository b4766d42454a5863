import { printDiagnostics } from '../diagnostics/print-diagnostics.ts';
import type { Trouble } from '../diagnostics/trouble.ts';
import { type Io, wantsColour } from './io.ts';

/** Prints the diagnostics of a Trouble on stderr. */
export function printTrouble(error: Trouble, io: Io): void {
  io.stderr.write(printDiagnostics(error.diagnostics, { colour: wantsColour(io.stderr, io.env) }));
}
