import type { Answer, PackageState, Probe, Stat } from '../model/probe.ts';
import { isUnknown, type Unknown } from '../model/value.ts';

/** A package whose candidate was asked for keeps it; what its installation would bring is over. */
export function packageOver(answer: Answer, declared: Answer): Answer {
  const { brings: _over, ...state } = answer as PackageState;
  return { ...state, ...declared };
}

/** A file that a package brings is taken to differ from any text that somebody expects in its place. */
export function broughtTo(probe: Probe, answer: Answer | Unknown | undefined): Answer | Unknown | undefined {
  return isUnknown(answer) && probe.kind === 'readFile' && probe.expect !== undefined
    ? { exists: true }
    : answer;
}

/** True where a package would write over what is there: dpkg and rpm do so with all but directories and what is in /etc. */
export const isOverwritten = (probe: Probe, answer: Answer): boolean =>
  'path' in probe &&
  !probe.path.startsWith('/etc/') &&
  (answer as Stat & { type?: string }).type !== 'directory';
