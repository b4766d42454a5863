import { GIVEN_NAMES } from '../model/given-names.ts';
import type { Inventory, InventoryHost } from '../model/inventory.ts';
import type { Value, ValueMap } from '../model/value.ts';
import type { FlatPlay } from './flatten.ts';
import type { PromisedName } from './learnt.ts';
import { OMIT } from './omit.ts';
import type { CompileOptions } from './options.ts';
import { type ScopeWorld, TaskScope } from './task-scope.ts';

/** The variables that exist by themselves, as in Ansible. */
export function specialsOf(options: CompileOptions, promised: ReadonlyMap<string, PromisedName>): ScopeWorld {
  const { inventory } = options;
  const groups = Object.fromEntries(inventory.groups) as ValueMap;
  const groupNames = new Map(
    [...inventory.hosts.values()].map((host) => [host.name, host.groups.filter((group) => group !== 'all')]),
  );
  const world: ScopeWorld = {
    promised,
    specialNames: GIVEN_NAMES,
    special: (name, host, playHosts) => {
      if (name === 'groups') return groups;
      if (name === 'hostvars') return hostvars;
      if (name === 'inventory_hostname') return host;
      if (name === 'omit') return OMIT;
      if (name === 'play_hosts') return playHosts;
      if (name === 'group_names') return groupNames.get(host) ?? [];
      return undefined;
    },
  };
  const hostvars = lazyHosts(inventory, options, world);
  return world;
}

/** `hostvars`: every host's variables as its own inventory and -e have them, each rendered when it is asked for. */
function lazyHosts(inventory: Inventory, options: CompileOptions, world: ScopeWorld): ValueMap {
  const all: Record<string, Value> = {};
  for (const host of inventory.hosts.values()) {
    let made: ValueMap | undefined;
    Object.defineProperty(all, host.name, {
      enumerable: true,
      get: () => {
        made ??= lazyVars(host, options, world);
        return made;
      },
    });
  }
  return all;
}

function lazyVars(host: InventoryHost, options: CompileOptions, world: ScopeWorld): ValueMap {
  const scope = new TaskScope(world, {
    sources: { extraVars: options.extraVars, host },
    playHosts: [],
    values: { learnt: new Map() },
    order: 0,
  });
  const vars: Record<string, Value> = {};
  for (const name of [
    ...host.vars.keys(),
    ...options.extraVars.keys(),
    'inventory_hostname',
    'group_names',
    'facts',
  ]) {
    if (Object.hasOwn(vars, name)) continue;
    Object.defineProperty(vars, name, { enumerable: true, configurable: true, get: () => scope.get(name) });
  }
  return vars;
}

/** Hosts of a play that take part: named by its pattern, and by --limit. */
export function hostsOf(play: FlatPlay, options: CompileOptions): readonly InventoryHost[] {
  const named = options.select(play.source.hosts.value, play.source.hosts.place);
  const { limit, inventory } = options;
  return named
    .filter((name) => limit === undefined || limit.includes(name))
    .flatMap((name) => inventory.hosts.get(name) ?? []);
}
