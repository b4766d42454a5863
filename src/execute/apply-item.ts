import { fault } from '../diagnostics/trouble.ts';
import type { ReadyItem } from '../model/compiled.ts';
import type { ValueMap } from '../model/value.ts';
import { type AnyModule, isRefusal } from '../modules/module.ts';
import { act } from './act.ts';
import { changesOf } from './changes.ts';
import { companionsOf } from './companions.ts';
import { actionFailed, didNotConverge } from './failures.ts';
import { foundOf } from './found.ts';
import { failed, type ItemResult } from './item-result.ts';
import type { Lookahead } from './lookahead.ts';
import type { Done, Member } from './member.ts';
import { mention } from './mention.ts';
import type { Notified } from './notified.ts';
import { refusal, settled } from './plan-item.ts';
import { type HostState, type RunState, surroundings, type Task } from './run-state.ts';

/** Inspects one item, makes what differs so, and inspects it again in the same trip; if that was not done with one before it. */
export async function applyItem(
  task: Task,
  index: number,
  item: ReadyItem<AnyModule>,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  notified: Notified,
): Promise<ItemResult> {
  const made = ahead.takeMade(task, index);
  if (made && made.member.steps.length > 0) return judge(made.member, made.done, run, state, ahead);
  const answers =
    made?.done.answers ?? ahead.knownAnswers(task, item) ?? (await ahead.fetchAnswers(task, index, item));
  const first = foundOf(task, ahead.inspectionOf(item).probes, answers);
  if (first.kind !== 'found') return failed(first.diagnostic);
  mention(task, item, first.found, state, run);
  const planned = item.module.plan(item.want, first.found, surroundings(run, state));
  if (isRefusal(planned))
    return failed(refusal(planned, task), { ...item.module.result?.(item.want, first.found, []) });
  if (planned.length === 0) return rule(item, task, false, settled(item, first.found), undefined);

  const acting = { host: state.name, task: task.ref, item: index, steps: planned };
  const broken = task.prune && (await readManifest(task, run, state));
  if (broken) return failed({ ...broken, place: task.ref.place });
  const forbidden = task.runsInPlan ? undefined : run.forbids?.(acting);
  if (forbidden) return failed({ ...forbidden, place: task.ref.place });
  const leader = { task, index, item, found: first.found, steps: planned, apart: false };
  const pending = notified.toKeep(task);
  const companions = companionsOf(leader, run, state, ahead, notified.isKept);
  for (const member of [leader, ...companions]) if (member.steps.length > 0) begin(member, run, state);
  const done = await act([leader, ...companions], run, state, ahead, pending);
  return judge(leader, done, run, state, ahead);
}

const begin = ({ task, item }: Member, run: RunState, state: HostState): void =>
  run.emit({
    event: 'task_started',
    host: state.name,
    task: { ...task.ref, ...(item.label === undefined ? {} : { item: item.label }) },
  });

/** What came of an item whose steps were done: it must be as wanted now. */
export function judge(
  { task, item, found, steps }: Member,
  done: Done,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
): ItemResult {
  const again = done.failure
    ? ({ kind: 'found', found } as const)
    : foundOf(task, ahead.inspectionOf(item).probes, done.answers);
  if (again.kind !== 'found') return failed(again.diagnostic);
  const changed = steps.some((step) => step.changes);
  const result = { ...settled(item, again.found), changes: changesOf(steps, task.noLog) };
  const value: ValueMap = {
    changed,
    failed: false,
    ...item.module.result?.(item.want, again.found, done.outcomes),
  };
  if (!done.failure) {
    const left = item.module.plan(item.want, again.found, surroundings(run, state));
    if (isRefusal(left)) return failed(refusal(left, task), value);
    const unsettled = left.filter((step) => step.converges && step.changes);
    if (unsettled.length > 0) return failed(didNotConverge(unsettled, task), value);
  }
  return rule(
    item,
    task,
    changed,
    { ...result, value },
    done.failure && actionFailed(done.failure.action, done.failure.outcome, task),
  );
}

/** What a role that prunes is about to make is written down first; what is there already must be known for that. */
const readManifest = async (task: Task, run: RunState, state: HostState) =>
  state.manifest(task.become, run.playbook).read(await state.shell(task.become));

/** The last word of `failed_when` and `changed_when` over what happened. */
function rule(
  item: ReadyItem<AnyModule>,
  task: Task,
  changed: boolean,
  result: Omit<ItemResult, 'status'>,
  failure: ReturnType<typeof actionFailed> | undefined,
): ItemResult {
  const value = result.value as ValueMap;
  let diagnostic = failure;
  if (item.failedWhen) {
    const ruling = item.failedWhen(value);
    if (ruling.kind === 'faulty')
      return failed(ruling.diagnostics[0] ?? fault('failed-when', 'failed_when is faulty'), value);
    if (ruling.kind === 'decided') {
      diagnostic = ruling.value
        ? (failure ?? fault('failed-when', 'failed_when says that this failed.', { place: task.ref.place }))
        : undefined;
    }
  }
  if (diagnostic) return { ...failed(diagnostic, value), changes: result.changes };
  let isChanged = changed;
  if (item.changedWhen) {
    const ruling = item.changedWhen(value);
    if (ruling.kind === 'faulty')
      return failed(ruling.diagnostics[0] ?? fault('changed-when', 'changed_when is faulty'), value);
    if (ruling.kind === 'decided') isChanged = ruling.value;
  }
  return {
    ...result,
    status: isChanged ? 'changed' : 'ok',
    changes: isChanged ? result.changes : [],
    value: value.changed === isChanged ? value : { ...value, changed: isChanged },
  };
}
