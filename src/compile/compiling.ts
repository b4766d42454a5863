import type { HostValues } from '../model/compiled.ts';
import type { LocalFile } from '../model/content.ts';
import type { InventoryHost } from '../model/inventory.ts';
import type { Value } from '../model/value.ts';
import type { ExpansionMemo } from './expansion-memo.ts';
import type { FlatPlay, FlatTask } from './flatten.ts';
import type { CompileOptions } from './options.ts';
import { type ScopeWorld, TaskScope } from './task-scope.ts';

/** What all of one compilation shares. */
export interface Compiling {
  readonly options: CompileOptions;
  readonly world: ScopeWorld;
  /** What tasks came to, over all hosts. */
  readonly memos: Map<FlatTask, ExpansionMemo>;
  /** Large files that tasks name, as far as they were expanded by now. */
  readonly files: Set<LocalFile>;
  /** Whom the inventory has a host become, as the options say, asked once a host. */
  readonly becomeOf: NonNullable<CompileOptions['becomeOf']>;
}

/** A host in a play. */
export interface TaskHost {
  readonly host: InventoryHost;
  readonly play: FlatPlay;
  readonly playHosts: readonly string[];
}

/** The variables that a task sees on a host, with what is known by now. */
export const scopeFor = (
  task: FlatTask,
  at: TaskHost,
  { options, world }: Compiling,
  values: HostValues,
  own?: Readonly<Record<string, Value>>,
): TaskScope =>
  new TaskScope(world, {
    sources: {
      extraVars: options.extraVars,
      host: at.host,
      play: at.play.source,
      around: task.around,
      taskVars: task.source.vars,
      ...(values.facts ? { facts: values.facts } : {}),
    },
    playHosts: at.playHosts,
    values,
    order: task.handler ? Number.POSITIVE_INFINITY : task.order,
    ...(own ? { own } : {}),
  });
