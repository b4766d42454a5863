import type { Facts } from '../model/facts.ts';
import type { InventoryHost, Variable } from '../model/inventory.ts';
import type { PlaySource } from '../model/playbook.ts';
import { entryOf, type MapTree, type Tree } from '../model/tree.ts';
import { isUnknown, type Unknown, unknown } from '../model/value.ts';
import type { RoleInstance, Surround } from './flatten.ts';

/** A name of a role that its vars/FAMILY.yml gives a value, before the host's family is known. */
const hangsOnFamily = unknown("hangs on the host's distribution, which is known once it is connected");

/** What decides a task's variables, apart from what the run learns. */
export interface LayerSources {
  readonly extraVars: ReadonlyMap<string, Variable>;
  readonly host: InventoryHost;
  readonly play?: PlaySource;
  readonly around?: Surround;
  readonly taskVars?: MapTree;
  readonly facts?: Facts;
}

/** What stands over registers and set_facts says of a name: just -e. */
export const lookUpAbove = ({ extraVars }: LayerSources, name: string): Tree | undefined =>
  extraVars.get(name)?.tree;

/**
 * What stands below them says: a tree, or unknown. The highest precedence first. Written out, because it is asked for every
 * name of every task on every host.
 */
export function lookUpBelow(sources: LayerSources, name: string): Tree | Unknown | undefined {
  const { around, play, taskVars, host } = sources;
  const role = around?.role;
  return (
    (taskVars && treeIn(taskVars, name)) ??
    (around && inBlocks(around.blockVars, name)) ??
    (role &&
      (treeIn(role.use.vars, name) ??
        inOsVars(role, sources.facts, name) ??
        treeIn(role.source.vars, name))) ??
    (play && treeIn(play.vars, name)) ??
    host.vars.get(name)?.tree ??
    (role && treeIn(role.source.defaults, name))
  );
}

/** All names that the layers' sources hold, for "did you mean". */
export function namesIn(sources: LayerSources): readonly string[] {
  const maps = [
    sources.taskVars,
    ...(sources.around?.blockVars ?? []),
    sources.play?.vars,
    sources.around?.role?.use.vars,
    sources.around?.role?.source.vars,
    sources.around?.role?.source.defaults,
    ...(sources.around?.role?.source.osVars.values() ?? []),
  ];
  return [
    ...maps.flatMap((map) => map?.entries.map((entry) => entry.key) ?? []),
    ...sources.host.vars.keys(),
    ...sources.extraVars.keys(),
  ];
}

const treeIn = (map: MapTree, name: string): Tree | undefined => entryOf(map, name)?.value;

/** The innermost block first. */
function inBlocks(blocks: Surround['blockVars'], name: string): Tree | undefined {
  for (let at = blocks.length - 1; at >= 0; at -= 1) {
    const block = blocks[at];
    const found = block && treeIn(block, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inOsVars(role: RoleInstance, facts: Facts | undefined, name: string): Tree | Unknown | undefined {
  const families = role.source.osVars;
  if (families.size === 0) return undefined;
  if (facts) {
    const map = families.get(facts.os.family);
    return map && treeIn(map, name);
  }
  return [...families.values()].some((map) => entryOf(map, name)) ? hangsOnFamily : undefined;
}

/** True for what a layer says of a name that is not known yet. */
export const isPending = (found: Tree | Unknown): found is Unknown => isUnknown(found);
