import type { ReadyItem } from '../model/compiled.ts';
import type { Found, Probes } from '../model/probe.ts';
import type { AnyModule } from '../modules/module.ts';
import { keyOf } from './manifest.ts';
import type { HostState, RunState, Task } from './run-state.ts';

/** Notes what a task manages, in a run where roles prune; what is found says where it really is. */
export function mention(
  task: Task,
  item: ReadyItem<AnyModule>,
  found: Found<Probes>,
  state: HostState,
  run: RunState,
): void {
  if (!run.prunes || task.prune?.closes) return;
  const entry = item.module.absence?.(item.want, found);
  if (!entry) return;
  state.managed.add(keyOf(entry));
  const kept = task.noLog ? ({ ...entry, secret: true } as const) : entry;
  if (task.prune) state.manifest(task.become, run.playbook).mention(task.prune.role, kept);
}
