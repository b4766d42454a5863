import { fault } from '../diagnostics/trouble.ts';
import type { Part } from '../model/host.ts';
import { modules } from '../modules/index.ts';
import type { Absence } from '../modules/module.ts';
import { applyItem } from './apply-item.ts';
import { failed, type ItemResult } from './item-result.ts';
import type { Lookahead } from './lookahead.ts';
import { planItem } from './plan-item.ts';
import type { HostState, RunState, Task } from './run-state.ts';

/** Removes what a role has mentioned in earlier runs and not in this one; each thing is a result of its own. */
export async function* prune(
  task: Task,
  role: string,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
): AsyncGenerator<{ readonly label: string; readonly result: ItemResult }> {
  const manifest = state.manifest(task.become, run.playbook);
  const shell = await state.shell(task.become);
  const broken = await manifest.read(shell);
  if (broken) {
    yield { label: 'manifest', result: failed({ ...broken, place: task.ref.place }) };
    return;
  }
  for (const [index, entry] of manifest.stale(role, state.managed).entries()) {
    const label = JSON.stringify(entry.params);
    const open = manifest.open.get(role);
    if (open !== undefined) {
      const reason = `${open}, and so may still be managed`;
      yield { label, result: { status: 'unknown', changes: [], reason, value: null } };
      continue;
    }
    const item = itemOf(entry);
    if ('code' in item) yield { label, result: failed({ ...item, place: task.ref.place }) };
    else {
      const { identity } = item.module;
      const named = { ...item, label: `${entry.module}: ${identity(item.want)}` };
      const result = await (run.mode === 'plan'
        ? planItem(task, index, named, run, state, ahead)
        : applyItem(task, index, named, run, state, ahead, undefined));
      yield { label: named.label, result };
      if (result.status === 'failed') return;
    }
  }
  if (run.mode === 'plan') return;
  const parts = manifest.close(role).map((action, id): Part => ({ kind: 'action', id, action }));
  if (parts.length > 0) await shell.send({ parts });
}

function itemOf(entry: Absence) {
  const module = modules.get(entry.module);
  const parsed = module?.params.safeParse(entry.params);
  if (module && parsed?.success) return { kind: 'ready', module, want: parsed.data } as const;
  return fault(
    'manifest-entry',
    `The manifest has what this Troupe cannot remove: ${JSON.stringify(entry)}.`,
    {
      help: 'Another version wrote it. Remove the thing by hand, and the entry from manifest.json in the state directory.',
    },
  );
}
