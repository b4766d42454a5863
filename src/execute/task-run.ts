import { setTimeout as pause } from 'node:timers/promises';
import { fault, Trouble } from '../diagnostics/trouble.ts';
import { fillInHashes } from '../hosts/hash-file.ts';
import type { Item, ReadyItem } from '../model/compiled.ts';
import { isUnhashed, type LocalFile } from '../model/content.ts';
import type { Status, TaskFinished, TaskRef } from '../model/event.ts';
import { plannedStep } from '../model/planned.ts';
import { unknown, type Value, type ValueMap } from '../model/value.ts';
import type { AnyModule } from '../modules/module.ts';
import { applyItem, judge } from './apply-item.ts';
import { Aborted, TaskFailed } from './failures.ts';
import { failed, type ItemResult, skipped } from './item-result.ts';
import type { Lookahead } from './lookahead.ts';
import type { Notified } from './notified.ts';
import { planItem } from './plan-item.ts';
import { prune } from './prune.ts';
import type { HostState, RunState, Task } from './run-state.ts';

/** Runs one task on one host; true where it changed something. Throws `TaskFailed` where the host's run cannot go on. */
export async function runTask(
  task: Task,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  notified: Notified,
): Promise<boolean> {
  if (run.signal.aborted) throw new Aborted();
  if (task.prune?.closes) return closeRole(task, task.prune.role, run, state, ahead);
  const expansion = ahead.expansionOf(task);
  if (expansion.kind === 'faulty') {
    return finish(
      task,
      [failed(expansion.diagnostics[0] ?? fault('faulty', 'The task is faulty.'))],
      false,
      run,
      state,
    );
  }
  if (expansion.kind === 'skipped') return finish(task, [skipped(expansion.reason)], false, run, state);
  if (expansion.kind === 'unknown')
    return finish(task, [notKnown(expansion.reason, run, task)], false, run, state);
  const results: ItemResult[] = [];
  for (const [index, item] of expansion.items.entries()) {
    if (run.signal.aborted) throw new Aborted();
    const result = await runItem(task, index, item, run, state, ahead, notified);
    report(task, index, item.label, result, run, state);
    results.push(result);
    if (result.status === 'failed' && !task.ignoreErrors) break;
  }
  return finish(task, results, expansion.looped, run, state, true);
}

/** Removes what a role that prunes no longer manages. */
async function closeRole(
  task: Task,
  role: string,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
): Promise<boolean> {
  const results: ItemResult[] = [];
  for await (const { task: own, label, result } of prune(task, role, run, state, ahead)) {
    if (run.signal.aborted) throw new Aborted();
    report(own, results.length, label, result, run, state);
    results.push(result);
  }
  return finish(task, results, true, run, state, true);
}

/** Tells of what was done ahead of its turn, where the turn does not come any more; answers the tasks that changed something. */
export function reportMade(run: RunState, state: HostState, ahead: Lookahead): readonly Task[] {
  return ahead.takeAllMade().flatMap(({ member, done }) => {
    const result = judge(member, done, run, state, ahead);
    report(member.task, member.index, member.item.label, result, run, state);
    return result.status === 'changed' ? [member.task] : [];
  });
}

/** One item. No `async` function stands in between, because there are as many of them as tasks times hosts. */
function runItem(
  task: Task,
  index: number,
  item: Item<AnyModule>,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  notified: Notified,
): ItemResult | Promise<ItemResult> {
  if (item.kind === 'skipped') return skipped(item.reason);
  if (item.kind === 'unknown') return notKnown(item.reason, run, task);
  const ready = (): ItemResult | Promise<ItemResult> => {
    if (run.mode === 'plan') {
      if (!task.runsInPlan) return planItem(task, index, item, run, state, ahead);
      // It only reads, says its author; but what it reads is not there yet where something is to change before it.
      const pending = run.worldPending || state.overlay.pending;
      const reason = 'hangs on what changes before it';
      if (pending) return { status: 'unknown', changes: [], reason, value: unknown(reason) };
    }
    const attempt = (): Promise<ItemResult> => applyItem(task, index, item, run, state, ahead, notified);
    return item.until ? untilTrue(item.until, run, ahead, attempt) : attempt();
  };
  return isUnhashed(item.file)
    ? hashed(item.file, task).then((unreadable) => unreadable ?? ready())
    : ready();
}

/** Hashes a large file whose name came out during the run; what is told where it cannot be read. */
async function hashed(file: LocalFile, task: Task): Promise<ItemResult | undefined> {
  try {
    await fillInHashes([file]);
    return undefined;
  } catch (error) {
    if (!(error instanceof Trouble) || !error.diagnostics[0]) throw error;
    return failed({ ...error.diagnostics[0], place: task.ref.place });
  }
}

/** `until`: again and again, `retries` times at most after the first. */
async function untilTrue(
  until: NonNullable<ReadyItem<AnyModule>['until']>,
  run: RunState,
  ahead: Lookahead,
  attempt: () => Promise<ItemResult>,
): Promise<ItemResult> {
  let result = await attempt();
  for (let retries = 0; ; retries++) {
    const ruling = until.rule(result.value as ValueMap);
    if (ruling.kind === 'faulty') return failed(ruling.diagnostics[0] ?? fault('until', 'until is faulty'));
    if (ruling.kind === 'decided' && ruling.value) return result;
    if (retries >= until.retries) {
      return result.status === 'failed'
        ? result
        : failed(
            fault('until', `The condition of until did not come true in ${retries + 1} attempts.`, {
              help: 'Give it more retries or a longer delay, or look why it is not so.',
            }),
            result.value as ValueMap,
          );
    }
    await pause(until.delayMs, undefined, { signal: run.signal }).catch(() => {
      throw new Aborted();
    });
    ahead.voidAnswers();
    result = await attempt();
  }
}

/** In a dry run a fact about the future; in an apply everything before has run, so it will never be known. */
const notKnown = (reason: string, run: RunState, task: Task): ItemResult =>
  run.mode === 'plan'
    ? { status: 'unknown', changes: [], reason, value: unknown(reason) }
    : failed(
        fault('unknown', `What this task needs is not known: it ${reason}.`, {
          place: task.ref.place,
          help: 'The task that it hangs on was skipped, or did not give it.',
        }),
      );

function finish(
  task: Task,
  results: readonly ItemResult[],
  looped: boolean,
  run: RunState,
  state: HostState,
  reported = false,
): boolean {
  const [only] = results;
  if (!reported && only) report(task, 0, undefined, only, run, state);
  if (task.register)
    state.learnt.set(
      task.register,
      looped ? registerOfLoop(results) : only ? only.value : { changed: false, skipped: true, failed: false },
    );
  for (const result of results)
    for (const [name, value] of Object.entries(result.sets ?? {})) state.learnt.set(name, value);
  // A set_fact that a dry run cannot decide hides what the name meant before.
  const open = results.find((result) => result.status === 'unknown');
  if (open && task.prune)
    state.manifest(task.become, run.playbook).open.set(task.prune.role, open.reason ?? 'is not known');
  if (open)
    for (const name of task.sets) state.learnt.set(name, unknown(open.reason ?? 'of what came before'));
  const wrong = results.find((result) => result.status === 'failed');
  if (wrong?.diagnostic && !task.ignoreErrors) throw new TaskFailed(wrong.diagnostic);
  return results.some((result) => result.status === 'changed');
}

function registerOfLoop(results: readonly ItemResult[]): Value {
  return {
    changed: results.some((result) => result.status === 'changed'),
    failed: results.some((result) => result.status === 'failed'),
    skipped: results.length > 0 && results.every((result) => result.status === 'skipped'),
    results: results.map((result) => result.value),
  };
}

function report(
  task: Task,
  index: number,
  label: string | undefined,
  result: ItemResult,
  run: RunState,
  state: HostState,
): void {
  const status: Status = result.status;
  const ref: TaskRef = label === undefined ? task.ref : { ...task.ref, item: label };
  if (status === 'unknown') state.overlay.leaveOpen(task.ref.label);
  const ignored = status === 'failed' && task.ignoreErrors;
  state.counts[ignored ? 'ok' : status] += 1;
  if (run.mode === 'plan') {
    run.onPlanned?.({
      host: state.name,
      task: ref,
      item: index,
      status,
      ...(result.reason === undefined ? {} : { reason: result.reason }),
      ...(task.noLog ? {} : { steps: (result.steps ?? []).map(plannedStep) }),
    });
  }
  const event: Writable<TaskFinished> = {
    event: 'task_finished',
    host: state.name,
    task: ref,
    status,
    changes: result.changes,
  };
  if (result.reason !== undefined) event.reason = result.reason;
  if (result.message !== undefined) event.message = result.message;
  if (result.diagnostic !== undefined) event.diagnostic = { ...result.diagnostic, host: state.name };
  if (ignored) event.ignored = true;
  if (!task.noLog && status !== 'skipped' && hasOutput(result.value)) event.result = result.value;
  run.emit(event);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Only results of commands and requests say more than status and changes do. */
const hasOutput = (value: Value): boolean =>
  typeof value === 'object' && value !== null && ('rc' in value || 'status' in value);
