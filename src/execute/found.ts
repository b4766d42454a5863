import { isProbeFailure } from '../model/host.ts';
import type { Answer, Found, Probe, ProbeFailure, Probes } from '../model/probe.ts';
import type { Diagnostic } from '../model/source.ts';
import { isUnknown, type Unknown } from '../model/value.ts';
import { probeFailed } from './failures.ts';
import { withinOf } from './inside.ts';
import type { Task } from './run-state.ts';

type Patch = (probe: Probe, answer: Answer) => Answer | Unknown;

/** What a module is told it found, or why it cannot be told. */
export type FoundOrNot =
  | { readonly kind: 'found'; readonly found: Found<Probes> }
  | { readonly kind: 'failed'; readonly diagnostic: Diagnostic };

/** Puts the answers to an item's probes together, each patched by what a dry run has laid over the host, where there is one. */
export function foundOf(
  task: Task,
  probes: Probes,
  answers: ReadonlyMap<string, Answer | ProbeFailure>,
  patch?: Patch,
): FoundOrNot {
  const found: Record<string, Answer> = {};
  // Links first: they tell where the others lead.
  const fields = Object.keys(probes);
  if (patch) fields.sort((a, b) => Number(isLinkStat(probes[b])) - Number(isLinkStat(probes[a])));
  for (const field of fields) {
    const probe = probes[field] as Probe;
    const answer = answers.get(field);
    if (answer === undefined) {
      return {
        kind: 'failed',
        diagnostic: probeFailed(probe, { failed: 'other', detail: whyNoAnswer(probe) }, task),
      };
    }
    if (isProbeFailure(answer)) return { kind: 'failed', diagnostic: probeFailed(probe, answer, task) };
    const patched = patch ? patch(probe, answer) : answer;
    if (isUnknown(patched)) {
      const get = (): never => {
        throw new NotKnown(patched.reason);
      };
      Object.defineProperty(found, field, { get, enumerable: true });
    } else found[field] = patched;
  }
  return { kind: 'found', found: found as Found<Probes> };
}

const whyNoAnswer = (probe: Probe): string =>
  withinOf(probe) ? 'the directory it is in came while the task was at work' : 'no answer came';

const isLinkStat = (probe: Probe | undefined): boolean => probe?.kind === 'stat' && !probe.follow;

/** Thrown at a module that looks at an answer which only apply can give: what it does not look at does not matter. */
export class NotKnown extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}
