import type { LocalFile } from './content.ts';
import type { TaskRef } from './event.ts';
import type { Facts } from './facts.ts';
import type { Diagnostic } from './source.ts';
import type { Value, ValueMap } from './value.ts';

/** A playbook made ready for each host; `expand` finishes each task with what is known when its turn comes. */
export interface CompiledPlaybook<M> {
  readonly file: string;
  /** Every host of any play, in the inventory's order. */
  readonly hosts: readonly string[];
  readonly plays: readonly CompiledPlay<M>[];
  /** Large files that tasks name, as far as that is known before a host is. */
  readonly files: ReadonlySet<LocalFile>;
}

export interface CompiledPlay<M> {
  readonly name: string;
  /** A host that fails ends the run for all. */
  readonly anyErrorsFatal: boolean;
  readonly hosts: readonly HostPlay<M>[];
}

/** What one host does in a play. */
export interface HostPlay<M> {
  readonly host: string;
  readonly nodes: readonly HostNode<M>[];
  readonly handlers: readonly HostTask<M>[];
}

export type HostNode<M> = HostTask<M> | HostBlock<M>;

export interface HostBlock<M> {
  readonly kind: 'block';
  readonly tasks: readonly HostNode<M>[];
  readonly rescue: readonly HostNode<M>[];
  readonly always: readonly HostNode<M>[];
}

export interface HostTask<M> {
  readonly kind: 'task';
  readonly ref: TaskRef;
  /** User to become; undefined for who logged in. */
  readonly become?: string;
  readonly register?: string;
  /** Names that it gives a value, as a set_fact. */
  readonly sets: readonly string[];
  /** Handlers, by name or `listen`. */
  readonly notify: readonly string[];
  /** For handlers: the names that it answers to. */
  readonly listen: readonly string[];
  readonly ignoreErrors: boolean;
  /** True where `check_mode: false`: it only reads, and runs in a dry run too. */
  readonly runsInPlan: boolean;
  /** Output and diffs are not shown. */
  readonly noLog: boolean;
  readonly runOnce: boolean;
  /** `meta: flush_handlers`. */
  readonly flushesHandlers: boolean;
  /** Of a role that prunes: its name, and whether this task removes what the others no longer mention. */
  readonly prune?: { readonly role: string; readonly closes: boolean };
  /** Renders `when`, `loop` and the parameters. Pure, and cheap enough to be called again when a value has come. */
  readonly expand: (values: HostValues) => Expansion<M>;
}

/** What a host has learnt during the run. */
export interface HostValues {
  /** Undefined before the connection: everything of them is then unknown. */
  readonly facts?: Facts;
  /** Registers and set_facts, by name. A task that has not run yet leaves an unknown. */
  readonly learnt: ReadonlyMap<string, Value>;
}

export type Expansion<M> =
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'ready'; readonly items: readonly Item<M>[]; readonly looped: boolean };

/** A task, or one turn of its loop, ready to be inspected. */
export type Item<M> =
  | { readonly kind: 'skipped'; readonly label?: string; readonly reason: string }
  | { readonly kind: 'unknown'; readonly label?: string; readonly reason: string }
  | ReadyItem<M>;

export interface ReadyItem<M> {
  readonly kind: 'ready';
  readonly label?: string;
  readonly module: M;
  /** Parameters as the module's schema parsed them. */
  readonly want: unknown;
  /** Large file that it sends: its hash must be filled in before the module is asked anything. */
  readonly file?: LocalFile;
  /** Undefined where the task has none. `result` is what `register` would hold. */
  readonly changedWhen?: (result: ValueMap) => Ruling;
  readonly failedWhen?: (result: ValueMap) => Ruling;
  readonly until?: {
    readonly rule: (result: ValueMap) => Ruling;
    readonly retries: number;
    readonly delayMs: number;
  };
}

/** What a condition came to: decided, unknown with its reason, or an error in the expression. */
export type Ruling =
  | { readonly kind: 'decided'; readonly value: boolean }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] };
