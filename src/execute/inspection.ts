import type { ReadyItem } from '../model/compiled.ts';
import type { Probes } from '../model/probe.ts';
import type { AnyModule, Surroundings } from '../modules/module.ts';
import { linksAbove } from './links-above.ts';
import { type Question, question } from './question.ts';

/** What an item asks of a host. */
export interface Inspection {
  readonly probes: Probes;
  /** The probes by their names. */
  readonly questions: ReadonlyMap<string, Question>;
  /** Besides: what leads to the files that are asked for; the very same for the same path. */
  readonly links: readonly Question[];
}

/** Those that every host is asked with that has the same item. */
const shared = new WeakMap<ReadyItem<AnyModule>, Inspection>();

/**
 * What an item asks. It is made once for all hosts that share the item, where the module's `inspect` takes only what is
 * wanted and so asks the same of each; then the very same probes come back from everywhere.
 */
export function inspectionOf(item: ReadyItem<AnyModule>, around: () => Surroundings): Inspection {
  const { inspect } = item.module;
  if (inspect.length > 1) return inspection(inspect(item.want, around()));
  const known = shared.get(item);
  if (known) return known;
  const made = inspection(inspect(item.want, around()));
  shared.set(item, made);
  return made;
}

function inspection(probes: Probes): Inspection {
  const questions = new Map<string, Question>();
  for (const field in probes) {
    const probe = probes[field];
    if (probe) questions.set(field, question(probe));
  }
  return { probes, questions, links: linksAbove(probes) };
}
