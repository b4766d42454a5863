import type { Content } from './content.ts';
import type { Place } from './source.ts';
import type { MapTree, Tree } from './tree.ts';

/** A value with the place where it was written. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** A playbook with everything it needs: all files are read, nothing is rendered. */
export interface Playbook {
  readonly file: string;
  readonly plays: readonly PlaySource[];
  /** Roles by name, dependencies included. */
  readonly roles: ReadonlyMap<string, RoleSource>;
  /** Files beside the playbook and of the project, for tasks outside roles and shared templates. */
  readonly files: FileSet;
}

/** Files that tasks may name, by path below `templates/` or `files/`. */
export interface FileSet {
  readonly templates: ReadonlyMap<string, SourceFile>;
  readonly files: ReadonlyMap<string, SourceFile>;
}

/** A file with its bytes; a large one under `files/` is known by its path, and read when it is sent. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Content;
}

export interface PlaySource {
  readonly place: Place;
  readonly name?: string;
  /** Host pattern, as in Ansible: `directors:realservers:!web3`. */
  readonly hosts: Located<string>;
  readonly vars: MapTree;
  readonly roles: readonly RoleUse[];
  readonly preTasks: readonly TaskNode[];
  readonly tasks: readonly TaskNode[];
  readonly postTasks: readonly TaskNode[];
  readonly handlers: readonly TaskSource[];
  readonly become?: Become;
  readonly tags: readonly string[];
  /** A host that fails ends the play, and the run, for all hosts: what preflight checks want. */
  readonly anyErrorsFatal: boolean;
}

/** `become: true`, `become_user`. */
export interface Become {
  readonly enabled: Located<boolean>;
  readonly user?: Located<string>;
}

/** A role as a play or another role's `dependencies` uses it. */
export interface RoleUse {
  readonly role: Located<string>;
  /** Arguments given there: vars, and keys beside `role`. */
  readonly vars: MapTree;
  readonly when?: Located<string>;
  readonly tags: readonly string[];
  readonly become?: Become;
  /** What the role no longer manages is removed: a manifest on the host says what it did. */
  readonly prune?: boolean;
}

/** What is read from `roles/NAME/`. */
export interface RoleSource extends FileSet {
  readonly name: string;
  readonly dir: string;
  readonly tasks: readonly TaskNode[];
  readonly handlers: readonly TaskSource[];
  /** defaults/main.yml: lowest precedence. */
  readonly defaults: MapTree;
  /** vars/main.yml. */
  readonly vars: MapTree;
  /** vars/FAMILY.yml (debian.yml, redhat.yml …), over vars/main.yml where `facts.os.family` is FAMILY. */
  readonly osVars: ReadonlyMap<string, MapTree>;
  /** meta/main.yml. */
  readonly dependencies: readonly RoleUse[];
  /** meta/main.yml `arguments`: typed; a role without any takes whatever it is given. */
  readonly args?: ReadonlyMap<string, ArgSpec>;
  readonly description?: string;
}

/** A role's argument, after Ansible's argument_specs. */
export interface ArgSpec {
  readonly place: Place;
  readonly type: 'str' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'path' | 'raw';
  readonly required: boolean;
  readonly description: string;
  readonly choices?: readonly (string | number | boolean)[];
  /** Type of a list's elements. */
  readonly elements?: ArgSpec['type'];
  /** Fields of a dict, or of a list's dicts. */
  readonly options?: ReadonlyMap<string, ArgSpec>;
  /** Documented default; the value itself is in defaults/main.yml. */
  readonly default?: Tree;
}

export type TaskNode = TaskSource | BlockSource;

/** Keywords that tasks and blocks share. */
export interface NodeKeywords {
  readonly place: Place;
  readonly name?: Located<string>;
  readonly when: readonly Located<string>[];
  readonly tags: readonly string[];
  readonly vars: MapTree;
  readonly become?: Become;
  readonly ignoreErrors?: Located<boolean>;
}

export interface BlockSource extends NodeKeywords {
  readonly kind: 'block';
  readonly tasks: readonly TaskNode[];
  readonly rescue: readonly TaskNode[];
  readonly always: readonly TaskNode[];
}

export interface TaskSource extends NodeKeywords {
  readonly kind: 'task';
  /** `meta: flush_handlers` comes as the module `meta`. */
  readonly module: Located<string>;
  /** A map, or a scalar for free-form modules. */
  readonly params: Tree;
  readonly loop?: Tree;
  /** `loop_control.loop_var`; `item` by default. */
  readonly loopVar: string;
  readonly loopLabel?: Tree;
  readonly register?: Located<string>;
  readonly notify: readonly Located<string>[];
  readonly listen: readonly string[];
  readonly changedWhen: readonly Located<string>[];
  readonly failedWhen: readonly Located<string>[];
  readonly until: readonly Located<string>[];
  /** Attempts after the first one; Ansible's default with `until` is 3. */
  readonly retries?: Located<number>;
  /** Seconds between attempts; 5 by default. */
  readonly delay?: Located<number>;
  /** `check_mode: false`: the task only reads, and runs in a dry run too. */
  readonly checkMode?: Located<boolean>;
  readonly noLog: boolean;
  readonly runOnce: boolean;
}
