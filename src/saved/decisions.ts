import { stringify } from 'devalue';
import { fault } from '../diagnostics/trouble.ts';
import type { Acting, PlannedItem, PlannedStep } from '../model/planned.ts';
import { plannedStep } from '../model/planned.ts';
import type { Diagnostic } from '../model/source.ts';

/** What a saved plan decided, by host, task and turn. */
export class Decisions {
  readonly #items = new Map<string, PlannedItem>();
  readonly #tasks = new Set<string>();

  constructor(items: readonly PlannedItem[]) {
    for (const item of items) {
      this.#items.set(keyOf(item), item);
      this.#tasks.add(taskKey(item));
    }
  }

  get(item: Pick<PlannedItem, 'host' | 'task' | 'item'>): PlannedItem | undefined {
    return this.#items.get(keyOf(item));
  }

  /**
   * Why a task may not act: the plan has other steps for it. What the plan called unknown may, and what it did not come
   * to: a rescue, or a handler of something unknown. Less than planned is no reason, and neither is waiting.
   */
  forbids = (acting: Acting): Diagnostic | undefined => {
    if (!this.#tasks.has(taskKey(acting))) return undefined;
    const planned = this.#items.get(keyOf(acting)) ?? this.#items.get(keyOf({ ...acting, item: 0 }));
    if (planned?.status === 'unknown' || (planned && !planned.steps)) return undefined;
    const known = new Set((planned?.steps ?? []).map(deed));
    const other = acting.steps.find((step) => step.changes && !known.has(deed(plannedStep(step))));
    return (
      other &&
      fault('not-in-the-plan', `This is not what the plan has for this task: ${other.field}.`, {
        help: 'The host has changed since it was planned. Nothing was done by this task; make the plan anew.',
      })
    );
  };
}

/** What a step does, whatever was there before. */
const deed = ({ field, after, path, action }: PlannedStep): string => stringify([field, after, path, action]);

const taskKey = ({ host, task }: Pick<PlannedItem, 'host' | 'task'>): string =>
  JSON.stringify([host, task.id]);
const keyOf = ({ host, task, item }: Pick<PlannedItem, 'host' | 'task' | 'item'>): string =>
  JSON.stringify([host, task.id, item]);
