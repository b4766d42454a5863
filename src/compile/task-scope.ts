import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { fault } from '../diagnostics/trouble.ts';
import type { HostValues } from '../model/compiled.ts';
import type { Diagnostic } from '../model/source.ts';
import type { ScalarTree, Tree } from '../model/tree.ts';
import { unknown, type Value } from '../model/value.ts';
import type { Scope } from '../templating/scope.ts';
import { renderTree } from '../templating/template.ts';
import { isPending, type LayerSources, lookUpAbove, lookUpBelow, namesIn } from './layers.ts';
import type { PromisedName } from './learnt.ts';

const factsLater = unknown('hangs on facts, which are known once the host is connected');

/** What is the same for all scopes of a compilation. */
export interface ScopeWorld {
  /** group_names, hostvars and the like, for a host of a play. */
  readonly special: (name: string, host: string, play: readonly string[]) => Value | undefined;
  readonly specialNames: readonly string[];
  readonly promised: ReadonlyMap<string, PromisedName>;
}

/** What one scope is of. */
export interface ScopeParts {
  readonly sources: LayerSources;
  readonly playHosts: readonly string[];
  readonly values: HostValues;
  /** The task's place in the playbook: registers of later tasks are not in scope. */
  readonly order: number;
  /** Highest of all: a loop's item, or a task's own result. */
  readonly own?: Readonly<Record<string, Value>>;
}

/** What a name stands for: a tree that is still to be rendered, or a value. */
interface Bound {
  readonly tree?: Tree;
  readonly value?: Value | undefined;
}

/** The variables that a task sees. Values that are templates are rendered when asked for; their faults are collected. */
export class TaskScope implements Scope {
  readonly faults: Diagnostic[] = [];
  readonly #world: ScopeWorld;
  readonly #parts: ScopeParts;
  readonly #known = new Map<string, Value | undefined>();
  readonly #bound = new Map<string, Bound>();
  readonly #underway: string[] = [];

  constructor(world: ScopeWorld, parts: ScopeParts) {
    this.#world = world;
    this.#parts = parts;
  }

  get(name: string): Value | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const bound = this.#bind(name);
    const value = bound.tree === undefined ? bound.value : this.#render(name, bound.tree);
    this.#known.set(name, value);
    return value;
  }

  /** What a name stands for, before it is rendered: the same tree or value where it stands for the same. */
  bindingOf(name: string): unknown {
    const { tree, value } = this.#bind(name);
    return tree === undefined ? value : isPlain(tree) ? tree.value : tree;
  }

  /** The names that were read, with what they stood for; without those that only this scope has. */
  reads(): ReadonlyMap<string, unknown> {
    const { own } = this.#parts;
    const names = [...this.#known.keys()].filter((name) => !own || !Object.hasOwn(own, name));
    return new Map(names.map((name) => [name, this.bindingOf(name)]));
  }

  names(): readonly string[] {
    const promised = [...this.#world.promised].flatMap(([name, { order }]) =>
      order < this.#parts.order ? [name] : [],
    );
    return [
      ...new Set([
        ...Object.keys(this.#parts.own ?? {}),
        ...namesIn(this.#parts.sources),
        ...this.#world.specialNames,
        ...promised,
      ]),
    ];
  }

  #bind(name: string): Bound {
    const known = this.#bound.get(name);
    if (known) return known;
    const bound = this.#find(name);
    this.#bound.set(name, bound);
    return bound;
  }

  #find(name: string): Bound {
    const { own, values, sources, playHosts, order } = this.#parts;
    if (own && Object.hasOwn(own, name)) return { value: own[name] };
    if (name === 'facts')
      return { value: values.facts === undefined ? factsLater : (values.facts as unknown as Value) };
    if (name === 'role_path' && sources.around?.role) return { value: sources.around.role.source.dir };
    const special = this.#world.special(name, sources.host.name, playHosts);
    if (special !== undefined) return { value: special };
    const above = lookUpAbove(sources, name);
    if (above !== undefined) return { tree: above };
    if (values.learnt.has(name)) return { value: values.learnt.get(name) };
    const promised = this.#world.promised.get(name);
    const later =
      promised && promised.order < order
        ? unknown(`hangs on the result of the task «${promised.label}»`)
        : undefined;
    // Before the run, what a task will give hides what stands below; in it, that task may have been skipped.
    if (later && values.facts === undefined) return { value: later };
    const below = lookUpBelow(sources, name);
    if (below !== undefined) return isPending(below) ? { value: below } : { tree: below };
    return { value: later };
  }

  #render(name: string, tree: Tree): Value {
    if (this.#underway.includes(name)) {
      const circle = [...this.#underway.slice(this.#underway.indexOf(name)), name].join(' → ');
      this.faults.push(
        fault('variable-circle', `The variable '${name}' is made of itself: ${circle}.`, {
          place: tree.place,
          help: 'Give one of them a value of its own.',
        }),
      );
      return unknown('is made of itself');
    }
    this.#underway.push(name);
    const rendered = renderTree(tree, this);
    this.#underway.pop();
    if (rendered.kind === 'value') return rendered.value;
    this.faults.push(...rendered.diagnostics);
    return unknown(`the variable '${name}' is faulty`);
  }
}

/**
 * A scalar that is its value already: where it stands says nothing, so hosts may each have their own. A template is not: what a
 * task gave may be the same text, and is not rendered.
 */
const isPlain = (tree: Tree): tree is ScalarTree =>
  tree.kind === 'scalar' && !(typeof tree.value === 'string' && tree.value.includes('{{'));

/** A fault for a name that nothing defines. */
export const undefinedName = (name: string, scope: Scope, place: Diagnostic['place']): Diagnostic =>
  fault('undefined-variable', `The variable '${name}' is not defined.`, {
    ...(place ? { place } : {}),
    help:
      didYouMean(name, scope.names()) ??
      'Give it a value in the inventory, the play or the role, or use default.',
  });
