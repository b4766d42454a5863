import type { HostTask } from '../model/compiled.ts';
import type { Located } from '../model/playbook.ts';
import { firstUnknown } from '../model/value.ts';
import type { AnyModule } from '../modules/module.ts';
import { renderText } from '../templating/template.ts';
import { becomeUser } from './become-user.ts';
import { type Compiling, scopeFor, type TaskHost } from './compiling.ts';
import { expandTask } from './expand-task.ts';
import type { FlatTask } from './flatten.ts';
import { namesSet } from './learnt.ts';

/** A task made ready for one host: what does not change in the run, and `expand` for what does. */
export function hostTask(task: FlatTask, at: TaskHost, compiling: Compiling): HostTask<AnyModule> {
  const { user: become, faults } = becomeUser(task, at, compiling);
  const everywhere = everywhereOf(task);
  const { name } = task.source;
  const ref = name?.value.includes('{{')
    ? { ...everywhere.ref, label: roleOf(task) + labelOf(task, name, at, compiling) }
    : everywhere.ref;
  return {
    ...everywhere,
    ref,
    ...(become === undefined ? {} : { become }),
    expand: (values) => {
      const expansion = expandTask(task, at, compiling, values);
      return faults.length === 0 || expansion.kind === 'skipped'
        ? expansion
        : { kind: 'faulty', diagnostics: faults };
    },
  };
}

type Everywhere = Omit<HostTask<AnyModule>, 'become' | 'expand'>;

const onAllHosts = new WeakMap<FlatTask, Everywhere>();

/** What a task is on all hosts: they share it, because there may be many. */
function everywhereOf(task: FlatTask): Everywhere {
  const known = onAllHosts.get(task);
  if (known) return known;
  const { source, around } = task;
  const made: Everywhere = {
    kind: 'task',
    ref: {
      id: String(task.order),
      label: roleOf(task) + (source.name?.value ?? source.module.value),
      module: source.module.value,
      place: source.place,
      ...(around.role ? { role: around.role.source.name } : {}),
      ...(task.handler ? { handler: true as const } : {}),
    },
    ...(source.register ? { register: source.register.value } : {}),
    sets: namesSet(task),
    notify: source.notify.map((one) => one.value),
    listen: [...(source.name ? [source.name.value] : []), ...source.listen],
    ignoreErrors: around.ignoreErrors,
    runsInPlan: source.checkMode?.value === false,
    noLog: source.noLog,
    runOnce: source.runOnce,
    flushesHandlers: source.module.value === 'meta',
    ...(around.role?.use.prune ? { prune: { role: around.role.source.name, closes: false } } : {}),
  };
  onAllHosts.set(task, made);
  return made;
}

const roleOf = ({ around }: FlatTask): string => (around.role ? `${around.role.source.name} : ` : '');

/** A name with templates in it, as far as they are known before the run. */
function labelOf(task: FlatTask, name: Located<string>, at: TaskHost, compiling: Compiling): string {
  const scope = scopeFor(task, at, compiling, { learnt: new Map() });
  const rendered = renderText(name.value, name.place, scope);
  return rendered.kind === 'value' && !firstUnknown(rendered.value) ? String(rendered.value) : name.value;
}
