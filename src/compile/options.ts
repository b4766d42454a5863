import type { Inventory, InventoryHost, Variable } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import type { Place } from '../model/source.ts';
import type { AnyModule } from '../modules/module.ts';

/** What `compile` works on: everything is loaded, nothing is rendered. */
export interface CompileOptions {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  /** Hosts that a pattern names; throws a Trouble where it names nobody. */
  readonly select: (pattern: string, place?: Place) => readonly string[];
  /** Only these hosts, where given. */
  readonly limit?: readonly string[];
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Variables over all others. */
  readonly extraVars: ReadonlyMap<string, Variable>;
  readonly modules: ReadonlyMap<string, AnyModule>;
  /** Whom the inventory's connection variables make a host become by default. */
  readonly becomeOf?: (
    host: InventoryHost,
  ) => { readonly enabled: boolean; readonly user?: string } | undefined;
}
