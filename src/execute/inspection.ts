import type { ReadyItem } from '../model/compiled.ts';
import type { Probe, Probes } from '../model/probe.ts';
import type { AnyModule, Surroundings } from '../modules/module.ts';
import { linksAbove } from './links-above.ts';

/** A probe with what tells it from others that a user may ask: equal probes have equal keys. */
export interface Question {
  readonly probe: Probe;
  readonly key: string;
}

/** What an item asks of a host. */
export interface Inspection {
  readonly probes: Probes;
  /** The probes by their names. */
  readonly questions: ReadonlyMap<string, Question>;
  /** Besides: what leads to the files that are asked for. */
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
  return { probes, questions, links: linksAbove(probes).map(question) };
}

const question = (probe: Probe): Question => ({ probe, key: keyOf(probe) });

/** What tells a probe from others. Made of the fields by hand, which costs less than JSON. */
export function keyOf(probe: Probe): string {
  let key = '';
  const fields = probe as unknown as Readonly<Record<string, unknown>>;
  for (const field in fields) {
    const value = fields[field];
    if (value !== undefined)
      key += `\0${field}\0${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  }
  return key;
}
