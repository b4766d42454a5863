import { fault } from '../diagnostics/trouble.ts';
import { isLocal, type LocalFile } from '../model/content.ts';
import type { FileSet } from '../model/playbook.ts';
import type { Diagnostic } from '../model/source.ts';
import { entryOf, type MapTree, type Tree } from '../model/tree.ts';
import { firstUnknown, isUnknown, type Unknown } from '../model/value.ts';
import type { AnyModule, Decision } from '../modules/module.ts';
import { decide } from '../templating/decision.ts';
import type { Scope } from '../templating/scope.ts';
import { renderTree } from '../templating/template.ts';
import type { RoleInstance } from './flatten.ts';
import { withoutOmitted } from './omit.ts';
import { parseParams } from './parse-params.ts';
import { partials, readSource } from './source-file.ts';

/** What came of a task's parameters; `file`: the large file that they name. */
export type Params =
  | { readonly kind: 'ready'; readonly want: unknown; readonly file?: LocalFile }
  | { readonly kind: 'unknown'; readonly reason: string; readonly file?: LocalFile }
  | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] };

/** Renders a task's parameters against a scope and parses them by the module's schema. */
export function renderParams(
  module: AnyModule,
  tree: Tree,
  role: RoleInstance | undefined,
  shared: FileSet,
  scope: Scope,
): Params {
  const map = asMap(module, tree);
  if (!map) {
    return {
      kind: 'faulty',
      diagnostics: [
        fault('wrong-parameter', `${module.name} wants parameters by name.`, {
          place: tree.place,
          help: `Write them below it, one a line. See: troupe module ${module.name}`,
        }),
      ],
    };
  }
  const diagnostics: Diagnostic[] = [];
  const params: Record<string, unknown> = {};
  let pending: Unknown | undefined;
  const keep = (name: string, value: unknown, unknownValue: Unknown | undefined) => {
    params[name] = value;
    pending ??= unknownValue;
  };
  for (const { key, value } of map.entries) {
    if (module.expressions?.includes(key)) {
      const decided = decisions(value, scope, diagnostics);
      keep(key, decided.value, decided.pending);
      continue;
    }
    const rendered = renderTree(value, scope, partials(role, shared));
    if (rendered.kind === 'faulty') {
      diagnostics.push(...rendered.diagnostics);
      continue;
    }
    const left = withoutOmitted(rendered.value);
    if (left !== undefined) keep(key, left, firstUnknown(left));
  }
  let named: { readonly file?: LocalFile } = {};
  let content: Readonly<Record<string, unknown>> | undefined;
  const { source } = module;
  const name = source ? params[source.param] : undefined;
  if (source && typeof name === 'string' && !isUnknown(params[source.param])) {
    const place = entryOf(map, source.param)?.value.place ?? map.place;
    const read = readSource(source, name, place, role, shared, scope);
    if (read.kind === 'faulty') diagnostics.push(...read.diagnostics);
    else {
      if (read.kind === 'bytes' && isLocal(read.bytes)) named = { file: read.bytes };
      if (read.kind === 'bytes') content = { [source.into]: read.bytes };
      else pending ??= read.value;
    }
  }
  if (diagnostics.length > 0) return { kind: 'faulty', diagnostics };
  if (pending) {
    const early = withoutUnknowns(module, params, map);
    return early.length > 0
      ? { kind: 'faulty', diagnostics: early }
      : { kind: 'unknown', reason: pending.reason, ...named };
  }
  const parsed = parseParams(module, params, map);
  if (parsed.kind === 'faulty') return parsed;
  return {
    kind: 'ready',
    want: content ? { ...(parsed.want as object), ...content } : parsed.want,
    ...named,
  };
}

/** Misspelt parameters are found also while the value of another one is not known yet. */
function withoutUnknowns(
  module: AnyModule,
  params: Readonly<Record<string, unknown>>,
  map: MapTree,
): readonly Diagnostic[] {
  const parsed = parseParams(module, params, map);
  return parsed.kind === 'faulty' ? parsed.diagnostics.filter((one) => one.code === 'unknown-parameter') : [];
}

function asMap(module: AnyModule, tree: Tree): MapTree | undefined {
  if (tree.kind === 'map') return tree;
  if (tree.kind === 'scalar' && tree.value === null) return { kind: 'map', place: tree.place, entries: [] };
  if (module.freeForm === undefined || tree.kind !== 'scalar') return undefined;
  return {
    kind: 'map',
    place: tree.place,
    entries: [{ key: module.freeForm, keyPlace: tree.place, value: tree }],
  };
}

function decisions(
  tree: Tree,
  scope: Scope,
  diagnostics: Diagnostic[],
): { value: unknown; pending: Unknown | undefined } {
  if (tree.kind === 'list') {
    const all = tree.items.map((item) => decisions(item, scope, diagnostics));
    return { value: all.map((one) => one.value), pending: all.find((one) => one.pending)?.pending };
  }
  if (tree.kind === 'map') return { value: tree, pending: undefined };
  const text = String(tree.value);
  const decided = decide(text, tree.place, scope);
  if (decided.kind === 'faulty') {
    diagnostics.push(...decided.diagnostics);
    return { value: undefined, pending: undefined };
  }
  if (isUnknown(decided.value)) return { value: decided.value, pending: decided.value };
  const decision: Decision = { text, value: decided.value as Decision['value'] };
  return { value: decision, pending: undefined };
}
