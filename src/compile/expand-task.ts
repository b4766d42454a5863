import { fault } from '../diagnostics/trouble.ts';
import type { Expansion, HostValues, Item, ReadyItem, Ruling } from '../model/compiled.ts';
import type { Located } from '../model/playbook.ts';
import type { Diagnostic } from '../model/source.ts';
import { firstUnknown, isUnknown, type Value, type ValueMap } from '../model/value.ts';
import type { AnyModule } from '../modules/module.ts';
import { readsName, rule } from '../templating/decision.ts';
import { renderTree } from '../templating/template.ts';
import { type Compiling, scopeFor, type TaskHost } from './compiling.ts';
import { ExpansionMemo } from './expansion-memo.ts';
import type { FlatTask } from './flatten.ts';
import { renderParams } from './render-params.ts';
import type { TaskScope } from './task-scope.ts';

/** Retries and delay where `until` says nothing of them: Ansible's. */
const UNTIL = { retries: 3, delaySeconds: 5 };

/** What a task comes to on a host by what is known: its items with their parameters, or why there are none. */
export function expandTask(
  task: FlatTask,
  at: TaskHost,
  compiling: Compiling,
  values: HostValues,
): Expansion<AnyModule> {
  const { source } = task;
  if (source.module.value === 'meta') return { kind: 'ready', items: [], looped: false };
  const family = familyMissing(task, values);
  if (family) return { kind: 'faulty', diagnostics: [family] };
  const outer = scopeFor(task, at, compiling, values);
  // What is said of a result is said by closures over this host.
  if (source.changedWhen.length + source.failedWhen.length + source.until.length > 0)
    return expandIn(outer, task, at, compiling, values);
  const memo = compiling.memos.get(task) ?? new ExpansionMemo();
  compiling.memos.set(task, memo);
  return memo.of(outer, (reads) => expandIn(outer, task, at, compiling, values, reads));
}

/** Expands in a scope; what the scopes of a loop's turns read is added to `reads`. */
function expandIn(
  outer: TaskScope,
  task: FlatTask,
  at: TaskHost,
  compiling: Compiling,
  values: HostValues,
  reads?: Map<string, unknown>,
): Expansion<AnyModule> {
  const { source, around } = task;
  // What does not ask for the item decides first: `defined(list)` may stand before a loop over it.
  const perItem = around.when.filter((one) => source.loop && readsName(one.value, source.loopVar));
  const ruling = allOf(
    around.when.filter((one) => !perItem.includes(one)),
    outer,
  );
  if (ruling.kind === 'faulty') return ruling;
  if (ruling.kind === 'decided' && !ruling.value) return { kind: 'skipped', reason: `when: ${ruling.text}` };
  const pending = ruling.kind === 'unknown' ? ruling.reason : undefined;
  if (!source.loop) {
    const item = turn(task, at, compiling, values, outer, pending, undefined);
    if (item.kind === 'faulty') return item;
    if (item.kind === 'ready') return { kind: 'ready', items: [item], looped: false };
    return { kind: item.kind, reason: item.reason };
  }
  const list = renderTree(source.loop, outer);
  if (list.kind === 'faulty') return list;
  if (outer.faults.length > 0) return { kind: 'faulty', diagnostics: outer.faults };
  if (isUnknown(list.value)) return { kind: 'unknown', reason: list.value.reason };
  if (!Array.isArray(list.value)) return { kind: 'faulty', diagnostics: [notAList(source.loop.place)] };
  const items: Item<AnyModule>[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const value of list.value as readonly Value[]) {
    const scope = scopeFor(task, at, compiling, values, { [source.loopVar]: value });
    const item = turn(task, at, compiling, values, scope, pending, value, perItem);
    for (const [name, stood] of scope.reads()) reads?.set(name, stood);
    if (item.kind === 'faulty') diagnostics.push(...item.diagnostics);
    else items.push(item);
  }
  return diagnostics.length > 0 ? { kind: 'faulty', diagnostics } : { kind: 'ready', items, looped: true };
}

type Turn = Item<AnyModule> | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] };

/** One turn: its own `when`, its parameters, and the rules over its result. */
function turn(
  task: FlatTask,
  at: TaskHost,
  compiling: Compiling,
  values: HostValues,
  scope: TaskScope,
  pending: string | undefined,
  item: Value | undefined,
  ownWhen: readonly Located<string>[] = [],
): Turn {
  const { source, around } = task;
  const label = item === undefined ? undefined : labelOfItem(task, item, scope);
  const named = label === undefined ? {} : { label };
  let reason = pending;
  const ruling = allOf(ownWhen, scope);
  if (ruling.kind === 'faulty') return ruling;
  if (ruling.kind === 'decided' && !ruling.value)
    return { kind: 'skipped', ...named, reason: `when: ${ruling.text}` };
  if (ruling.kind === 'unknown') reason ??= ruling.reason;
  const module = compiling.options.modules.get(source.module.value);
  if (!module)
    return {
      kind: 'faulty',
      diagnostics: [
        fault('unknown-module', `There is no module '${source.module.value}'.`, {
          place: source.module.place,
        }),
      ],
    };
  const params = renderParams(module, source.params, around.role, compiling.options.playbook.files, scope);
  if (params.kind === 'faulty') return params;
  if (params.file) compiling.files.add(params.file);
  if (scope.faults.length > 0) return { kind: 'faulty', diagnostics: scope.faults };
  // Undefined names are faults although the condition is not known yet; the rest of the task waits for it.
  if (reason !== undefined) return { kind: 'unknown', ...named, reason };
  if (params.kind === 'unknown') return { kind: 'unknown', ...named, reason: params.reason };
  const ready: ReadyItem<AnyModule> = {
    kind: 'ready',
    ...named,
    module,
    want: params.want,
    ...(params.file ? { file: params.file } : {}),
  };
  return withRules(ready, task, at, compiling, values, item);
}

function withRules(
  ready: ReadyItem<AnyModule>,
  task: FlatTask,
  at: TaskHost,
  compiling: Compiling,
  values: HostValues,
  item: Value | undefined,
): ReadyItem<AnyModule> {
  const { source } = task;
  const over = (conditions: readonly Located<string>[]) => (result: ValueMap) => {
    const own = {
      ...(source.register ? { [source.register.value]: result } : result),
      ...(item === undefined ? {} : { [source.loopVar]: item }),
    };
    return allOf(conditions, scopeFor(task, at, compiling, values, own));
  };
  return {
    ...ready,
    ...(source.changedWhen.length > 0 ? { changedWhen: over(source.changedWhen) } : {}),
    ...(source.failedWhen.length > 0 ? { failedWhen: over(source.failedWhen) } : {}),
    ...(source.until.length > 0
      ? {
          until: {
            rule: over(source.until),
            retries: source.retries?.value ?? UNTIL.retries,
            delayMs: (source.delay?.value ?? UNTIL.delaySeconds) * 1000,
          },
        }
      : {}),
  };
}

type AllOf = Ruling & { readonly text?: string };

/** Several conditions are joined by "and": the first false one decides, before any that is unknown. */
function allOf(conditions: readonly Located<string>[], scope: TaskScope): AllOf {
  let pending: Ruling | undefined;
  for (const { value: text, place } of conditions) {
    const ruling = rule(text, place, scope);
    if (scope.faults.length > 0) return { kind: 'faulty', diagnostics: scope.faults };
    if (ruling.kind === 'faulty') return ruling;
    if (ruling.kind === 'decided' && !ruling.value) return { ...ruling, text };
    if (ruling.kind === 'unknown') pending ??= ruling;
  }
  return pending ?? { kind: 'decided', value: true };
}

function labelOfItem(task: FlatTask, item: Value, scope: TaskScope): string {
  if (task.source.loopLabel) {
    const rendered = renderTree(task.source.loopLabel, scope);
    if (rendered.kind === 'value' && !firstUnknown(rendered.value)) return String(rendered.value);
  }
  return typeof item === 'object' ? JSON.stringify(item) : String(item);
}

/** A role that has variables for some families and none for this host's would render half its names. */
function familyMissing(task: FlatTask, { facts }: HostValues): Diagnostic | undefined {
  const role = task.around.role?.source;
  if (!facts || !role || role.osVars.size === 0 || role.osVars.has(facts.os.family)) return undefined;
  return fault(
    'unsupported-distribution',
    `The role ${role.name} does not know ${facts.os.name || facts.os.family}.`,
    {
      place: task.source.place,
      help: `It has variables for ${[...role.osVars.keys()].join(', ')}; write ${role.dir}/vars/${facts.os.family}.yml for this one.`,
    },
  );
}

const notAList = (place: Diagnostic['place']): Diagnostic =>
  fault('wrong-type', 'A loop wants a list.', {
    ...(place ? { place } : {}),
    help: 'For a map, loop over {{keys the_map}} and look the values up.',
  });
