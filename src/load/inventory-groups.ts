import { fault } from '../diagnostics/trouble.ts';
import type { Faults } from './faults.ts';
import type { Description } from './inventory-file.ts';

/** Groups of a description, put in order. */
export interface GroupOrder {
  /** Parents before children: `all`, then by depth, priority and name. Variables of later ones win. */
  readonly order: readonly string[];
  /** Hosts of each group, those of its children included. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** Resolves who is in which group. Groups without a parent are children of `all`. */
export function orderGroups(description: Description, faults: Faults): GroupOrder {
  const { groups, hosts } = description;
  const childrenOf = (name: string): readonly string[] => [...(groups.get(name)?.children.keys() ?? [])];
  const depths = new Map<string, number>([['all', 0]]);
  const hasParent = new Set([...groups.values()].flatMap((group) => [...group.children.keys()]));
  const descend = (name: string, depth: number, chain: readonly string[]): void => {
    if (chain.includes(name)) {
      const circle = [...chain.slice(chain.indexOf(name)), name].join(' → ');
      const place = groups.get(chain.at(-1) ?? '')?.children.get(name);
      const help = 'Take one of them out of the children.';
      const message = `Groups contain each other in a circle: ${circle}.`;
      if (!faults.some((one) => one.code === 'group-circle')) {
        faults.push(fault('group-circle', message, { help, ...(place && { place }) }));
      }
      return;
    }
    depths.set(name, Math.max(depth, depths.get(name) ?? 0));
    for (const child of childrenOf(name)) descend(child, depth + 1, [...chain, name]);
  };
  descend('all', 0, []);
  for (const name of groups.keys()) if (name !== 'all' && !hasParent.has(name)) descend(name, 1, []);
  for (const name of groups.keys()) if (!depths.has(name)) descend(name, 1, []);

  const order = [...depths.keys()].sort(
    (a, b) =>
      (depths.get(a) ?? 0) - (depths.get(b) ?? 0) ||
      priority(a, description) - priority(b, description) ||
      (a < b ? -1 : 1),
  );
  const members = new Map<string, Set<string>>();
  for (const name of [...order].reverse()) {
    const own = groups.get(name)?.hosts ?? [];
    const below = childrenOf(name).flatMap((child) => [...(members.get(child) ?? [])]);
    members.set(name, new Set([...own, ...below]));
  }
  members.set('all', new Set(hosts.keys()));
  const inOrder = [...hosts.keys()];
  const ungrouped = inOrder.filter(
    (host) => !order.some((name) => name !== 'all' && name !== 'ungrouped' && members.get(name)?.has(host)),
  );
  if (ungrouped.length > 0) members.set('ungrouped', new Set(ungrouped));
  return {
    order: [...new Set([...order, ...(ungrouped.length > 0 ? ['ungrouped'] : [])])],
    members: new Map([...members].map(([name, set]) => [name, inOrder.filter((host) => set.has(host))])),
  };
}

/** `ansible_group_priority`: among groups of one depth, the higher wins. */
function priority(name: string, { groups }: Description): number {
  const entries = groups.get(name)?.vars.flatMap((vars) => vars.entries) ?? [];
  const value = entries.findLast((entry) => entry.key === 'ansible_group_priority')?.value;
  return value?.kind === 'scalar' ? Number(value.value) || 1 : 1;
}
