import { join } from 'node:path';
import { compile } from '../compile/compile.ts';
import { loadExtraVars } from '../load/extra-vars.ts';
import { loadInventory } from '../load/inventory.ts';
import { selectHosts } from '../load/pattern.ts';
import { loadPlaybook } from '../load/playbook.ts';
import { becomeOf } from '../load/target.ts';
import type { CompiledPlaybook } from '../model/compiled.ts';
import type { Inventory, Variable } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import { modules } from '../modules/index.ts';
import type { AnyModule } from '../modules/module.ts';
import type { PlaybookOptions } from './options.ts';
import { packageRoot } from './package-root.ts';

/** A playbook that is ready to run, with the inventory that it was compiled for. */
export interface Compiled {
  readonly source: Playbook;
  readonly compiled: CompiledPlaybook<AnyModule>;
  /** Hosts that --limit left. */
  readonly limit?: readonly string[];
  readonly inventory: Inventory;
  readonly extraVars: ReadonlyMap<string, Variable>;
}

/** The first stages: loads playbook and inventory and compiles them. Opens no socket. Throws a Trouble with all faults. */
export function compilePlaybook(playbookPath: string, options: PlaybookOptions): Compiled {
  const extraVars = loadExtraVars(options.extraVars);
  const inventory = loadInventory(options.inventory, { playbook: playbookPath });
  const freeForm = [...modules.values()].flatMap((module) =>
    module.freeForm === undefined ? [] : [module.name],
  );
  const playbook = loadPlaybook(playbookPath, {
    modules: [...modules.keys()],
    freeForm,
    rolesPath: [join(packageRoot(), 'roles')],
  });
  return compileLoaded(playbook, inventory, extraVars, {
    ...(options.limit === undefined ? {} : { limit: selectHosts(inventory, options.limit) }),
    tags: options.tags,
    skipTags: options.skipTags,
  });
}

/** Compiles what was loaded, now or when a plan was saved. Throws a Trouble with all faults. */
export function compileLoaded(
  source: Playbook,
  inventory: Inventory,
  extraVars: ReadonlyMap<string, Variable>,
  choice: Pick<Parameters<typeof compile>[0], 'limit' | 'tags' | 'skipTags'>,
): Compiled {
  const compiled = compile({
    ...choice,
    playbook: source,
    inventory,
    select: (pattern, place) => selectHosts(inventory, pattern, place),
    extraVars,
    modules,
    becomeOf: (host) => {
      const become = becomeOf(host, { extra: extraVars });
      return become && { enabled: become.enabled.value, ...(become.user ? { user: become.user.value } : {}) };
    },
  });
  const { limit } = choice;
  return { source, compiled, inventory, extraVars, ...(limit === undefined ? {} : { limit }) };
}
