import type { CompiledPlay, HostNode, HostPlay, HostTask } from '../model/compiled.ts';
import type { AnyModule } from '../modules/module.ts';

/** What closes a role that prunes: once for each user that its tasks become, whose manifest it is. */
interface Closing {
  readonly play: HostPlay<AnyModule>;
  readonly task: HostTask<AnyModule>;
}

/**
 * Adds the tasks that remove what roles with `prune: true` no longer manage, on each host after the role's last use, so
 * that a role which is used several times has mentioned all that it manages by then.
 */
export function withPruning(plays: readonly CompiledPlay<AnyModule>[]): readonly CompiledPlay<AnyModule>[] {
  const closings = new Map<string, Closing>();
  for (const play of plays.flatMap((one) => one.hosts)) {
    for (const task of [...tasksOf(play.nodes), ...play.handlers]) {
      if (!task.prune) continue;
      const key = JSON.stringify([play.host, task.prune.role, task.become]);
      closings.set(key, { play, task: closing(task, task.prune.role) });
    }
  }
  if (closings.size === 0) return plays;
  const all = [...closings.values()];
  return plays.map((play) => ({
    ...play,
    hosts: play.hosts.map((one) => {
      const own = all.filter((closed) => closed.play === one).map(({ task }) => task);
      return own.length === 0 ? one : { ...one, nodes: [...one.nodes, ...own] };
    }),
  }));
}

function closing(last: HostTask<AnyModule>, role: string): HostTask<AnyModule> {
  const { become } = last;
  return {
    kind: 'task',
    ref: {
      id: `prune ${role}${become === undefined ? '' : ` ${become}`}`,
      label: `${role} : remove what it no longer manages`,
      module: 'prune',
      role,
      place: last.ref.place,
    },
    ...(become === undefined ? {} : { become }),
    prune: { role, closes: true },
    ...{ sets: [], notify: [], listen: [] },
    ...{ ignoreErrors: false, runsInPlan: false, noLog: false, runOnce: false, flushesHandlers: false },
    expand: () => ({ kind: 'ready', items: [], looped: true }),
  };
}

const tasksOf = (nodes: readonly HostNode<AnyModule>[]): readonly HostTask<AnyModule>[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : tasksOf([...node.tasks, ...node.rescue, ...node.always]),
  );
