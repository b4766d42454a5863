import type { Diagnostic } from '../model/source.ts';
import { unknown } from '../model/value.ts';
import { rule } from '../templating/decision.ts';
import { type Compiling, scopeFor, type TaskHost } from './compiling.ts';
import type { FlatTask } from './flatten.ts';

const result = unknown("hangs on the task's own result");

/** What can be said against changed_when, failed_when and until before the task has a result. */
export function ruleFaults(task: FlatTask, at: TaskHost, compiling: Compiling): readonly Diagnostic[] {
  const { source } = task;
  const rules = [...source.changedWhen, ...source.failedWhen, ...source.until];
  if (rules.length === 0) return [];
  const scope = scopeFor(
    task,
    at,
    compiling,
    { learnt: new Map() },
    {
      ...(source.register ? { [source.register.value]: result } : {}),
      ...(source.loop ? { [source.loopVar]: result } : {}),
    },
  );
  const found = rules.flatMap(({ value, place }) => {
    const ruling = rule(value, place, scope);
    return ruling.kind === 'faulty' ? ruling.diagnostics : [];
  });
  // Without register, a name may be a field of the result.
  const sure = source.register ? found : found.filter(({ code }) => code !== 'undefined-variable');
  return [...sure, ...scope.faults];
}
