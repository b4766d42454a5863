import type { Facts } from '../model/facts.ts';
import type { InventoryHost, Variable } from '../model/inventory.ts';
import type { PlaySource } from '../model/playbook.ts';
import { entryOf, type MapTree, type Tree } from '../model/tree.ts';
import { isUnknown, type Unknown, unknown } from '../model/value.ts';
import type { RoleInstance, Surround } from './flatten.ts';

/** A name of a role that its vars/FAMILY.yml gives a value, before the host's family is known. */
const hangsOnFamily = unknown("hangs on the host's distribution, which is known once it is connected");

/** Where variables are looked for, highest precedence first; each answers a tree, or unknown. */
export type Layer = (name: string) => Tree | Unknown | undefined;

/** What decides a task's variables, apart from what the run learns. */
export interface LayerSources {
  readonly extraVars: ReadonlyMap<string, Variable>;
  readonly host: InventoryHost;
  readonly play?: PlaySource;
  readonly around?: Surround;
  readonly taskVars?: MapTree;
  readonly facts?: Facts;
}

/** The layers over what registers and set_facts say (just -e), and those below them. */
export function layersOf(sources: LayerSources): {
  readonly above: readonly Layer[];
  readonly below: readonly Layer[];
} {
  const { around, play } = sources;
  const role = around?.role;
  return {
    above: [(name) => sources.extraVars.get(name)?.tree],
    below: [
      ...(sources.taskVars ? [inMap(sources.taskVars)] : []),
      ...[...(around?.blockVars ?? [])].reverse().map(inMap),
      ...(role ? [inMap(role.use.vars), osVars(role, sources.facts), inMap(role.source.vars)] : []),
      ...(play ? [inMap(play.vars)] : []),
      (name) => sources.host.vars.get(name)?.tree,
      ...(role ? [inMap(role.source.defaults)] : []),
    ],
  };
}

/** The first layer's word on a name. */
export function lookUp(layers: readonly Layer[], name: string): Tree | Unknown | undefined {
  for (const layer of layers) {
    const found = layer(name);
    if (found !== undefined) return found;
  }
  return undefined;
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

const inMap =
  (map: MapTree): Layer =>
  (name) =>
    entryOf(map, name)?.value;

function osVars(role: RoleInstance, facts: Facts | undefined): Layer {
  const families = role.source.osVars;
  if (facts) {
    const map = families.get(facts.os.family);
    return map ? inMap(map) : () => undefined;
  }
  return (name) => ([...families.values()].some((map) => entryOf(map, name)) ? hangsOnFamily : undefined);
}

/** True for what a layer says of a name that is not known yet. */
export const isPending = (found: Tree | Unknown): found is Unknown => isUnknown(found);
