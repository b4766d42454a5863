import { fault } from '../diagnostics/trouble.ts';
import type { Part } from '../model/host.ts';
import { modules } from '../modules/index.ts';
import type { Absence } from '../modules/module.ts';
import { applyItem } from './apply-item.ts';
import { failed, type ItemResult } from './item-result.ts';
import type { Lookahead } from './lookahead.ts';
import { Notified } from './notified.ts';
import { planItem } from './plan-item.ts';
import type { HostState, RunState, Task } from './run-state.ts';

/** What came of one removal; `task` is the closing one, with `no_log` where the thing was made so. */
export interface Pruned {
  readonly task: Task;
  readonly label: string;
  readonly result: ItemResult;
}

/** Removes what a role has mentioned in earlier runs and not in this one; each thing is a result of its own. */
export async function* prune(
  closing: Task,
  role: string,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
): AsyncGenerator<Pruned> {
  const manifest = state.manifest(closing.become, run.playbook);
  const shell = await state.shell(closing.become);
  const broken = await manifest.read(shell);
  if (broken) {
    yield {
      task: closing,
      label: 'manifest',
      result: failed({ ...broken, place: closing.ref.place }),
    };
    return;
  }
  for (const [index, entry] of manifest.stale(role, state.managed).entries()) {
    const task = entry.secret ? { ...closing, noLog: true } : closing;
    const label = `${entry.module}: ${subjectOf(entry)}`;
    const open = manifest.open.get(role);
    if (open !== undefined) {
      const reason = `${open}, and so may still be managed`;
      yield { task, label, result: { status: 'unknown', changes: [], reason, value: null } };
      continue;
    }
    const item = itemOf(entry);
    if ('code' in item) yield { task, label, result: failed({ ...item, place: task.ref.place }) };
    else {
      const named = { ...item, label };
      const result = await (run.mode === 'plan'
        ? planItem(task, index, named, run, state, ahead)
        : applyItem(task, index, named, run, state, ahead, new Notified(run.playbook, [])));
      yield { task, label, result };
      if (result.status === 'failed') return;
    }
  }
  if (run.mode === 'plan') return;
  const parts = manifest.close(role).map((action, id): Part => ({ kind: 'action', id, action }));
  if (parts.length > 0) await shell.send({ parts });
}

/** What is to go, as its module calls it; of what cannot be read any more, just that. */
function subjectOf(entry: Absence): string {
  const item = itemOf(entry);
  return 'code' in item ? 'entry of another version' : item.module.identity(item.want);
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
