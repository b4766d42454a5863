import type { FlatPlay, FlatTask } from './flatten.ts';

/** A name that a task gives a value in the run: by `register`, or as a `set_fact`. */
export interface PromisedName {
  readonly order: number;
  readonly label: string;
}

/** Names that tasks give values to, with the first task that does. */
export function promisedNames(plays: readonly FlatPlay[]): ReadonlyMap<string, PromisedName> {
  const names = new Map<string, PromisedName>();
  for (const play of plays) {
    for (const task of [...play.tasks, ...play.handlers]) {
      for (const name of namesOf(task)) {
        if (!names.has(name))
          names.set(name, { order: task.order, label: task.source.name?.value ?? task.source.module.value });
      }
    }
  }
  return names;
}

const namesOf = (task: FlatTask): readonly string[] => [
  ...(task.source.register ? [task.source.register.value] : []),
  ...namesSet(task),
];

/** Names that a task gives a value as a set_fact. */
export const namesSet = ({ source }: FlatTask): readonly string[] =>
  source.module.value === 'set_fact' && source.params.kind === 'map'
    ? source.params.entries.map((entry) => entry.key)
    : [];
