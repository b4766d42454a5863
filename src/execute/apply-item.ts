import { fault } from '../diagnostics/trouble.ts';
import type { ReadyItem } from '../model/compiled.ts';
import type { Part, PendingHandler } from '../model/host.ts';
import type { Answer, ProbeFailure } from '../model/probe.ts';
import type { Action, Outcome, Step } from '../model/step.ts';
import type { ValueMap } from '../model/value.ts';
import { type AnyModule, isRefusal } from '../modules/module.ts';
import { changesOf } from './changes.ts';
import { actionFailed, didNotConverge } from './failures.ts';
import { foundOf } from './found.ts';
import { failed, type ItemResult } from './item-result.ts';
import type { Lookahead } from './lookahead.ts';
import { mention } from './mention.ts';
import { refusal, settled } from './plan-item.ts';
import { type HostState, type RunState, surroundings, type Task } from './run-state.ts';

const asFound = (_probe: unknown, answer: Answer): Answer => answer;

/** Inspects one item, makes what differs so, and inspects it again in the same trip. */
export async function applyItem(
  task: Task,
  index: number,
  item: ReadyItem<AnyModule>,
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  pending: readonly PendingHandler[] | undefined,
): Promise<ItemResult> {
  const around = surroundings(run, state);
  const probes = ahead.probesOf(item);
  const first = foundOf(task, item, probes, await ahead.answersFor(task, index, item), asFound);
  if (first.kind !== 'found') return failed(first.diagnostic);
  mention(task, item, first.found, state, run);
  const planned = item.module.plan(item.want, first.found, around);
  if (isRefusal(planned))
    return failed(refusal(planned, task), { ...item.module.result?.(item.want, first.found, []) });
  if (planned.length === 0) return rule(item, task, false, settled(item, first.found), undefined);

  const acting = { host: state.name, task: task.ref, item: index, steps: planned };
  const broken = task.prune && (await readManifest(task, run, state));
  if (broken) return failed({ ...broken, place: task.ref.place });
  const forbidden = task.runsInPlan ? undefined : run.forbids?.(acting);
  if (forbidden) return failed({ ...forbidden, place: task.ref.place });
  run.emit({
    event: 'task_started',
    host: state.name,
    task: { ...task.ref, ...(item.label === undefined ? {} : { item: item.label }) },
  });
  const done = await act(task, index, item, planned, run, state, ahead, pending);
  const again = done.failure ? first : foundOf(task, item, probes, done.answers, asFound);
  if (again.kind !== 'found') return failed(again.diagnostic);
  const changed = planned.some((step) => step.changes);
  const result = { ...settled(item, again.found), changes: changesOf(planned, task.noLog) };
  const value: ValueMap = {
    changed,
    failed: false,
    ...item.module.result?.(item.want, again.found, done.outcomes),
  };
  if (!done.failure) {
    const left = item.module.plan(item.want, again.found, around);
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

interface Done {
  readonly outcomes: readonly Outcome[];
  readonly answers: ReadonlyMap<string, Answer | ProbeFailure>;
  readonly failure: { readonly action: Action; readonly outcome: Outcome } | undefined;
}

/** One request: pending handlers first, the actions, the same probes again, and those of what comes after. */
async function act(
  task: Task,
  index: number,
  item: ReadyItem<AnyModule>,
  steps: readonly Step[],
  run: RunState,
  state: HostState,
  ahead: Lookahead,
  pending: readonly PendingHandler[] | undefined,
): Promise<Done> {
  const shell = await state.shell(task.become);
  ahead.voidAnswers();
  const written = [
    ...(pending ? shell.keepHandlers(pending) : []),
    ...(task.prune ? state.manifest(task.become, run.playbook).keep(task.prune.role) : []),
  ];
  const kept = written.map((action): Part => ({ kind: 'action', id: ahead.id(), action }));
  const actions = steps.flatMap((step) => (step.action ? [{ id: ahead.id(), action: step.action }] : []));
  const probes = Object.entries(ahead.probesOf(item)).map(([field, probe]) => ({
    id: ahead.id(),
    field,
    probe,
  }));
  const after = ahead.partsAfter(task, index);
  const response = await shell.send({
    parts: [
      ...kept,
      ...actions.map(({ id, action }): Part => ({ kind: 'action', id, action })),
      ...probes.map(({ id, probe }): Part => ({ kind: 'probe', id, probe })),
      ...after.parts,
    ],
    ...(task.noLog
      ? {}
      : {
          onOutput: (_id: number, stream: 'stdout' | 'stderr', text: string) =>
            run.emit({ event: 'task_output', host: state.name, task: task.ref, stream, text }),
        }),
  });
  ahead.keep(after, response);
  const outcomes: Outcome[] = [];
  let failure: Done['failure'];
  for (const part of kept) {
    const outcome = response.outcomes.get(part.id);
    if (part.kind === 'action' && outcome && !outcome.ok) failure = { action: part.action, outcome };
  }
  for (const { id, action } of actions) {
    const outcome = response.outcomes.get(id);
    if (!outcome) continue;
    outcomes.push(outcome);
    if (!outcome.ok) failure = { action, outcome };
  }
  const answers = new Map(
    probes.flatMap(({ id, field }) => {
      const answer = response.answers.get(id);
      return answer === undefined ? [] : [[field, answer] as const];
    }),
  );
  return { outcomes, answers, failure };
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
    value: { ...value, changed: isChanged },
  };
}
