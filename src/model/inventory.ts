import type { Place } from './source.ts';
import type { Tree } from './tree.ts';

/** A variable's value, where it was written, and what it hides. */
export interface Variable {
  readonly tree: Tree;
  /** Who says so: `inventory host web1`, `group_vars/realservers.yml` … */
  readonly from: string;
  readonly place: Place;
  /** The same variable from sources of lower precedence, nearest first. */
  readonly hides: readonly Variable[];
}

export interface InventoryHost {
  readonly name: string;
  /** All groups, ancestors included, `all` first, then by depth and name. */
  readonly groups: readonly string[];
  /** Merged: all, group parents before children, host; group_vars/ and host_vars/ over the inventory's own. */
  readonly vars: ReadonlyMap<string, Variable>;
  readonly place: Place;
}

export interface Inventory {
  readonly file: string;
  /** In the order they were written. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  /** Members of each group, children's included, in the inventory's order. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}
