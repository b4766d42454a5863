import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { fault, Trouble } from '../diagnostics/trouble.ts';
import type { Diagnostic, Place } from '../model/source.ts';

/** Where the faults of a load are collected; all are reported together. */
export type Faults = Diagnostic[];

/** Throws everything collected, if anything is. */
export function throwFaults(faults: Faults): void {
  if (faults.some((one) => one.severity === 'error')) throw new Trouble(faults);
}

/** The start of a help text: `Did you mean "hosts"? ` where a candidate is near, '' where none is. */
export function nearest(name: string, candidates: Iterable<string>): string {
  const hint = didYouMean(name, candidates);
  return hint === undefined ? '' : `${hint} `;
}

/** Reports a key that nobody reads. `owner` completes "… of": a play, a role's meta/main.yml. */
export function unknownKey(
  key: string,
  owner: string,
  known: readonly string[],
  place: Place,
  faults: Faults,
): void {
  const help = `${nearest(key, known)}Known here: ${known.join(', ')}.`;
  faults.push(fault('unknown-keyword', `${owner} has no keyword "${key}".`, { help, place }));
}

/** Reports what Ansible has and Troupe does not read yet. */
export function notSupportedYet(what: string, help: string, place: Place, faults: Faults): void {
  faults.push(fault('not-supported-yet', `${what} is not supported yet.`, { help, place }));
}
