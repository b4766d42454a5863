import type {
  Become,
  Located,
  Playbook,
  PlaySource,
  RoleSource,
  RoleUse,
  TaskNode,
  TaskSource,
} from '../model/playbook.ts';
import { type MapTree, plainValue } from '../model/tree.ts';

/** A role at work in a play: its sources, and what it was given there. */
export interface RoleInstance {
  readonly source: RoleSource;
  readonly use: RoleUse;
  /** Conditions of the use and of the roles that depend on it, outermost first. */
  readonly when: readonly Located<string>[];
  /** Equal for instances that differ just in their tags: a task of theirs runs once, by the first that is asked for. */
  readonly key: string;
}

/** What a task inherits from the blocks, the role and the play around it. */
export interface Surround {
  readonly role?: RoleInstance;
  /** Conditions, outermost first. */
  readonly when: readonly Located<string>[];
  readonly tags: readonly string[];
  /** Variables of the blocks around, outermost first. */
  readonly blockVars: readonly MapTree[];
  readonly become?: Become;
  readonly ignoreErrors: boolean;
  /** True inside a block that has a rescue, and in the rescue, which only runs where something failed. */
  readonly rescued: boolean;
}

/** A task with what it inherits. `order` counts tasks through the whole playbook. */
export interface FlatTask {
  readonly kind: 'task';
  readonly source: TaskSource;
  readonly around: Surround;
  readonly order: number;
  readonly handler: boolean;
}

export interface FlatBlock {
  readonly kind: 'block';
  readonly tasks: readonly FlatNode[];
  readonly rescue: readonly FlatNode[];
  readonly always: readonly FlatNode[];
}

export type FlatNode = FlatTask | FlatBlock;

/** A play as one list: pre_tasks, roles with their dependencies before them, tasks, post_tasks. */
export interface FlatPlay {
  readonly source: PlaySource;
  readonly nodes: readonly FlatNode[];
  /** All tasks of `nodes`, in order. */
  readonly tasks: readonly FlatTask[];
  readonly handlers: readonly FlatTask[];
  readonly roles: readonly RoleInstance[];
}

/** Puts the plays of a playbook into the order they run in. */
export function flatten(playbook: Playbook): readonly FlatPlay[] {
  let order = 0;
  const flatTask = (source: TaskSource, around: Surround, handler: boolean): FlatTask => ({
    kind: 'task',
    source,
    around: inherit(around, source),
    order: order++,
    handler,
  });
  const flatNode = (node: TaskNode, around: Surround): FlatNode => {
    if (node.kind === 'task') return flatTask(node, around, false);
    const inner = inherit(around, node);
    const each = (nodes: readonly TaskNode[], rescued: boolean) =>
      nodes.map((one) => flatNode(one, { ...inner, rescued }));
    return {
      kind: 'block',
      tasks: each(node.tasks, inner.rescued || node.rescue.length > 0),
      rescue: each(node.rescue, true),
      always: each(node.always, inner.rescued),
    };
  };
  return playbook.plays.map((source) => {
    const outer: Surround = {
      when: [],
      tags: source.tags,
      blockVars: [],
      ignoreErrors: false,
      rescued: false,
      ...(source.become ? { become: source.become } : {}),
    };
    const roles = rolesInOrder(source.roles, playbook.roles).map(({ instance, chain }) => ({
      instance,
      around: aroundRole(outer, instance, chain),
    }));
    const withHandlers = roles.filter(
      ({ instance }, index) => roles.findIndex((one) => one.instance.key === instance.key) === index,
    );
    const nodes = [
      ...source.preTasks.map((node) => flatNode(node, outer)),
      ...roles.flatMap(({ instance, around }) => instance.source.tasks.map((node) => flatNode(node, around))),
      ...[...source.tasks, ...source.postTasks].map((node) => flatNode(node, outer)),
    ];
    const handlers = [
      ...withHandlers.flatMap(({ instance, around }) =>
        instance.source.handlers.map((task) => flatTask(task, { ...around, when: [] }, true)),
      ),
      ...source.handlers.map((task) => flatTask(task, outer, true)),
    ];
    return {
      source,
      nodes,
      tasks: tasksOf(nodes),
      handlers,
      roles: roles.map(({ instance }) => instance),
    };
  });
}

interface PlacedRole {
  readonly instance: RoleInstance;
  /** The role's use, after those of the roles that depend on it. */
  readonly chain: readonly RoleUse[];
}

/** Roles of a play, dependencies first; a role runs again only where it is given something else. */
function rolesInOrder(
  uses: readonly RoleUse[],
  sources: ReadonlyMap<string, RoleSource>,
): readonly PlacedRole[] {
  const found: PlacedRole[] = [];
  const seen: PlacedRole[] = [];
  const visit = (use: RoleUse, parents: readonly RoleUse[]): void => {
    const source = sources.get(use.role.value);
    if (!source) return;
    const chain = [...parents, use];
    const when = chain.flatMap((one) => (one.when ? [one.when] : []));
    const key = JSON.stringify([givenOf(use, chain), when.map((one) => one.value)]);
    const placed: PlacedRole = { instance: { source, use, when, key }, chain };
    if (seen.some((one) => covers(one, placed))) return;
    seen.push(placed);
    for (const dependency of source.dependencies) visit(dependency, chain);
    found.push(placed);
  };
  for (const use of uses) visit(use, []);
  return found;
}

const givenOf = (use: RoleUse, chain: readonly RoleUse[]): string =>
  JSON.stringify([use.role.value, plainValue(use.vars), becomeOf(chain)]);

const becomeOf = (chain: readonly RoleUse[]): readonly unknown[] => {
  const become = chain.map((one) => one.become).findLast((one) => one !== undefined);
  return [become?.enabled.value, become?.user?.value];
};

/** True where all that one role does is done by an earlier one: it has no condition more, and the same tags. */
function covers(earlier: PlacedRole, later: PlacedRole): boolean {
  const tagsOf = ({ chain }: PlacedRole) => [...new Set(chain.flatMap((use) => use.tags))].sort().join();
  const conditions = later.instance.when.map((one) => one.value);
  return (
    givenOf(earlier.instance.use, earlier.chain) === givenOf(later.instance.use, later.chain) &&
    tagsOf(earlier) === tagsOf(later) &&
    earlier.instance.when.every((one) => conditions.includes(one.value))
  );
}

function aroundRole(outer: Surround, role: RoleInstance, chain: readonly RoleUse[]): Surround {
  const become = chain.map((use) => use.become).findLast((one) => one !== undefined) ?? outer.become;
  return {
    ...outer,
    role,
    when: [...outer.when, ...role.when],
    tags: [...outer.tags, ...chain.flatMap((use) => use.tags)],
    ...(become ? { become } : {}),
  };
}

function inherit(around: Surround, node: TaskNode): Surround {
  const become = node.become ? mergeBecome(around.become, node.become) : around.become;
  return {
    ...around,
    when: [...around.when, ...node.when],
    tags: [...around.tags, ...node.tags],
    blockVars: node.kind === 'block' ? [...around.blockVars, node.vars] : around.blockVars,
    ignoreErrors: node.ignoreErrors?.value ?? around.ignoreErrors,
    ...(become ? { become } : {}),
  };
}

/** `become_user` of further out goes on to hold where a task just says `become`. */
const mergeBecome = (outer: Become | undefined, inner: Become): Become => {
  const user = inner.user ?? outer?.user;
  return user ? { enabled: inner.enabled, user } : { enabled: inner.enabled };
};

/** All tasks below some nodes, in order. */
const tasksOf = (nodes: readonly FlatNode[]): readonly FlatTask[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : tasksOf([...node.tasks, ...node.rescue, ...node.always]),
  );
