import { fault } from '../diagnostics/trouble.ts';
import type { Diagnostic } from '../model/source.ts';
import { isUnknown } from '../model/value.ts';
import { renderText } from '../templating/template.ts';
import { type Compiling, scopeFor, type TaskHost } from './compiling.ts';
import type { FlatTask } from './flatten.ts';

/** Whom a task becomes on a host; undefined for who logged in. Where the name is faulty, nobody may stand in for it. */
export function becomeUser(
  task: FlatTask,
  at: TaskHost,
  compiling: Compiling,
): { readonly user: string | undefined; readonly faults: readonly Diagnostic[] } {
  const { become } = task.around;
  const of = (user: string | undefined, faults: readonly Diagnostic[] = []) => ({ user, faults });
  if (become && !become.enabled.value) return of(undefined);
  const inherited = compiling.becomeOf(at.host);
  if (!become && !inherited?.enabled) return of(undefined);
  if (!become?.user) return of(inherited?.user ?? 'root');
  const { value: text, place } = become.user;
  const scope = scopeFor(task, at, compiling, { learnt: new Map() });
  const rendered = renderText(text, place, scope);
  if (rendered.kind === 'faulty') return of(undefined, rendered.diagnostics);
  if (scope.faults.length > 0) return of(undefined, scope.faults);
  const { value } = rendered;
  if ((typeof value === 'string' && value !== '') || typeof value === 'number') return of(String(value));
  const summary = isUnknown(value)
    ? `become_user must be known before connecting, but it ${value.reason}.`
    : `become_user wants the name of a user, not ${JSON.stringify(value)}.`;
  return of(undefined, [
    fault('wrong-become-user', summary, { place, help: 'Give it in the inventory, the play or the role.' }),
  ]);
}
