import { fault } from '../diagnostics/trouble.ts';
import type { ReadyItem } from '../model/compiled.ts';
import { isProbeFailure } from '../model/host.ts';
import type { Found, Probes, Stat, StatPath } from '../model/probe.ts';
import type { Step } from '../model/step.ts';
import { unknown, type Value, type ValueMap } from '../model/value.ts';
import { type AnyModule, isRefusal, type Refusal } from '../modules/module.ts';
import type { Overlay } from '../shell/overlay.ts';
import { changesOf } from './changes.ts';
import { foundOf, NotKnown } from './found.ts';
import { failed, type ItemResult } from './item-result.ts';
import type { Lookahead } from './lookahead.ts';
import { mention } from './mention.ts';
import { type HostState, type RunState, surroundings, type Task } from './run-state.ts';

/** A module's refusal as the reason why a task failed. */
export const refusal = ({ refused, help }: Refusal, task: Task) =>
  fault('refused', refused, { place: task.ref.place, ...(help === undefined ? {} : { help }) });

/** What a task that needs nothing leaves behind. */
export function settled(item: ReadyItem<AnyModule>, found: Found<Probes>): Omit<ItemResult, 'status'> {
  const { module, want } = item;
  const message = module.says?.(want);
  const sets = module.sets?.(want) as Readonly<Record<string, Value>> | undefined;
  return {
    changes: [],
    value: { changed: false, failed: false, ...module.result?.(want, found, []) },
    ...(message ? { message } : {}),
    ...(sets ? { sets } : {}),
  };
}

/** Plans one item: reads the host, lays what would change over it, writes nothing. */
export async function planItem(
  task: Task,
  index: number,
  item: ReadyItem<AnyModule>,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
): Promise<ItemResult> {
  const pending = run.worldPending || state.overlay.pending;
  const around = surroundings(run, state);
  if (item.module.readsWorld && pending) return notYet('hangs on what changes before it');
  const answers = ahead.knownAnswers(task, item) ?? (await ahead.fetchAnswers(task, index, item));
  const { overlay } = state;
  const { probes, links } = ahead.inspectionOf(item);
  for (const link of links) {
    const answer = state.answers.get(task.become, link);
    if (answer && !isProbeFailure(answer)) overlay.patch(link.probe as StatPath, answer as Stat);
  }
  const found = foundOf(task, probes, answers, (probe, answer) => overlay.patch(probe, answer as never));
  if (found.kind === 'failed') return failed(found.diagnostic);
  try {
    mention(task, item, found.found, state, run);
    const planned = item.module.plan(item.want, found.found, around);
    if (isRefusal(planned)) {
      // What hangs on the host may be otherwise by then; an assertion over known values may not.
      const opaque = Object.keys(probes).length === 0 ? undefined : overlay.opaque;
      if (opaque === undefined) return failed(refusal(planned, task));
      return notYet(`hangs on what «${opaque}» does: ${planned.refused}`);
    }
    if (planned.length === 0) return { status: 'ok', ...settled(item, found.found) };
    return predict(task, item, planned, found.found, state);
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    doubt(task, item, probes, found.found, overlay);
    return notYet(error.reason);
  }
}

/**
 * What a task looked at may be otherwise after it, where it is not known what it does; but a directory stays one, unless
 * the task is there to remove it.
 */
function doubt(
  task: Task,
  { want }: ReadyItem<AnyModule>,
  probes: Probes,
  found: Found<Probes>,
  overlay: Overlay,
): void {
  const { state } = want as { readonly state?: unknown };
  for (const [field, probe] of Object.entries(probes)) {
    const stays = isDirectory(found, field) && field !== 'removes' && state !== 'absent';
    if (probe.kind === 'program' || stays) continue;
    overlay.doubt(probe, `it hangs on «${task.ref.label}», of which is known only when applied what it does`);
  }
}

function isDirectory(found: Found<Probes>, field: string): boolean {
  try {
    const answer = found[field] as Stat;
    return answer.exists === true && answer.type === 'directory';
  } catch {
    return false;
  }
}

function predict(
  task: Task,
  item: ReadyItem<AnyModule>,
  steps: readonly Step[],
  found: Found<Probes>,
  state: HostState,
): ItemResult {
  const changing = steps.some((step) => step.changes);
  if (!changing && steps.some((step) => step.action?.kind === 'wait'))
    return { ...notYet(`waits: ${steps.map((step) => step.field).join(', ')}`), steps };
  const reason = 'runs when applied, changes nothing';
  if (!changing) return { status: 'ok', ...settled(item, found), steps, reason };
  const later = unknown(`the result of «${task.ref.label}» is known when it has run`);
  const settles = steps.every((step) => step.converges);
  if (item.changedWhen) {
    const ruling = item.changedWhen(pendingResult(later));
    if (ruling.kind === 'faulty')
      return failed(ruling.diagnostics[0] ?? fault('changed-when', 'changed_when is faulty'));
    if (ruling.kind === 'unknown')
      return { ...notYet(ruling.reason), changes: changesOf(steps, task.noLog), steps };
    if (!ruling.value) return { status: 'ok', changes: [], steps, value: later, reason };
  }
  const user = task.become ?? state.facts.user;
  for (const step of steps) state.overlay.apply(step, user, task.ref.label);
  const value: Value = settles
    ? { changed: true, failed: false, ...item.module.result?.(item.want, found, []) }
    : later;
  return { status: 'changed', changes: changesOf(steps, task.noLog), steps, value };
}

/** What a condition over the result of a task that has not run sees: everything of it is unknown. */
const pendingResult = (later: Value): ValueMap =>
  Object.fromEntries(
    ['rc', 'stdout', 'stderr', 'stdout_lines', 'stderr_lines', 'failed', 'changed'].map((key) => [
      key,
      later,
    ]),
  );

const notYet = (reason: string): ItemResult => ({
  status: 'unknown',
  changes: [],
  reason,
  value: unknown(reason),
});
