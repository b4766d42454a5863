import type * as z from 'zod';
import type { Facts } from '../model/facts.ts';
import type { Found, Probes } from '../model/probe.ts';
import type { Outcome, Step } from '../model/step.ts';
import type { Value, ValueMap } from '../model/value.ts';

/** A module's word that what is wanted cannot be: the task fails with it, in a plan too. Nothing was changed. */
export interface Refusal {
  readonly refused: string;
  readonly help?: string;
}

/** What a module is told besides its parameters. */
export interface Surroundings {
  readonly facts: Facts;
  /** Apply, or a dry run: for what only a dry run has to ask. What is planned must not depend on it. */
  readonly mode: 'plan' | 'apply';
  /** The host's name in the inventory. */
  readonly host: string;
  /** Folder of the playbook on this machine, which relative paths start from. */
  readonly folder: string;
}

/**
 * A module: three pure values. `inspect` says what to read, `plan` says what to change; the engine does both. See
 * docs/adding-a-module.md.
 */
export interface Module<W, P extends Probes> {
  /** snake_case noun, as written in a playbook. */
  readonly name: string;
  /** One sentence, then what its users need to know. Markdown. */
  readonly doc: string;
  /** Schema of the parameters after rendering; every field has `.describe()`. Unknown fields are refused. */
  readonly params: z.ZodType<W>;
  /** Parameter sets that are shown in the documentation and parsed in a test. */
  readonly examples: readonly { readonly title: string; readonly params: unknown }[];
  /** What it manages, short: shown after the module's name where a task has none of its own. */
  readonly identity: (want: W) => string;
  /** Parameter that a plain string stands for, as in `command: uptime`. */
  readonly freeForm?: string;
  /** Parameters that hold CEL expressions (text, or a list of texts); they come as `Decision`s. */
  readonly expressions?: readonly string[];
  /**
   * A parameter that names a file of the role or playbook: it is looked up under `kind`, read (and rendered, for
   * templates) while compiling, and its bytes are put in the parameter `into` as a Uint8Array, which the schema
   * does not see.
   */
  readonly source?: { readonly param: string; readonly kind: 'templates' | 'files'; readonly into: string };
  /**
   * True where the answer hangs on more than the declared state of this host (an HTTP request, a port): in a dry run it
   * is known only when applied as soon as anything, on any host, is to change before it.
   */
  readonly readsWorld?: boolean;
  /** What to read. Data: it cannot write. One that takes only `want` is asked once for all hosts that want the same. */
  readonly inspect: (want: W, around: Surroundings) => P;
  /** What differs. Pure; called again after apply, and then must return no step that `converges`. */
  readonly plan: (want: W, found: Found<P>, around: Surroundings) => readonly Step[] | Refusal;
  /** What `register` holds besides changed, failed, skipped; of the outcomes of the actions that ran, in order. */
  readonly result?: (want: W, found: Found<P>, outcomes: readonly Outcome[]) => ValueMap;
  /** Values that the host has from here on, as `set_fact` does. */
  readonly sets?: (want: W) => ValueMap;
  /**
   * What takes away what this manages, for roles with `prune: true`: a module and its parameters. Undefined where there is
   * nothing to take away, or where it may hold more than this put there (a directory, a package).
   */
  readonly absence?: (want: W, found: Found<P>) => Absence | undefined;
  /** Message that the report shows with the task, as `debug` does. */
  readonly says?: (want: W) => string;
}

/** A module's parameters that take something away again. Plain data: a host keeps it. */
export interface Absence {
  readonly module: string;
  readonly params: ValueMap;
  /** Of a task with `no_log`: its removal is not shown either. */
  readonly secret?: true;
}

/** The absence of something that its parameters of these names tell from others. */
export const absentBy = (
  module: string,
  want: { readonly state: string },
  ...names: readonly string[]
): Absence | undefined => {
  if (want.state !== 'present') return undefined;
  const all = want as unknown as Readonly<Record<string, Value | undefined>>;
  const own = names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name] as Value] as const]));
  return { module, params: { ...Object.fromEntries(own), state: 'absent' } };
};

/** The absence of a file. */
export const absentFile = (path: string): Absence => ({ module: 'file', params: { path, state: 'absent' } });

/** A CEL expression of a parameter, with what it came to. */
export interface Decision {
  readonly text: string;
  readonly value: boolean | number | string | null | object;
}

// biome-ignore lint/suspicious/noExplicitAny: a registry of modules with different parameter types; `params` is the parser that guards each.
export type AnyModule = Module<any, any>;

/** A module as its file defines it: the schema is made when it is first asked for, because a run needs few of them. */
type Definition<W, P extends Probes> = Omit<Module<W, P>, 'params'> & { readonly params: () => z.ZodType<W> };

/** Makes a module of its definition. */
export function defineModule<W, P extends Probes>(definition: Definition<W, P>): Module<W, P> {
  let schema: z.ZodType<W> | undefined;
  const params = {
    enumerable: true,
    get: () => {
      schema ??= definition.params();
      return schema;
    },
  };
  return Object.defineProperty({ ...definition }, 'params', params) as unknown as Module<W, P>;
}

/** True where a plan is a refusal. */
export const isRefusal = (plan: readonly Step[] | Refusal): plan is Refusal => 'refused' in plan;

/** Makes a refusal: one line of reason, and what to do. */
export const refuse = (refused: string, help?: string): Refusal =>
  help === undefined ? { refused } : { refused, help };
