import type { Faults } from './faults.ts';

/** What is the same for all files of one load. */
export interface Loading {
  readonly faults: Faults;
  /** Names of the modules there are; undefined takes any. */
  readonly modules: readonly string[] | undefined;
  /** Modules that take a plain text as their parameter. */
  readonly freeForm: ReadonlySet<string>;
}

/** Where the tasks that are read lie. */
export interface TaskFile {
  /** Folders in which `import_tasks` looks, in this order. */
  readonly folders: readonly string[];
  /** Files that import each other down to here, for circles. */
  readonly chain: readonly string[];
  /** True where a list of handlers is read. */
  readonly handlers: boolean;
}
