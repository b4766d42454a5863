import { trouble } from '../diagnostics/trouble.ts';
import { labOf } from '../load/lab.ts';
import { targetOf } from '../load/target.ts';
import type { Target } from '../model/host.ts';
import type { Inventory, Variable } from '../model/inventory.ts';
import type { LabConnection } from '../model/lab.ts';
import type { Io } from './io.ts';

/** What the targets of a run hang on besides the inventory. */
interface TargetOptions {
  readonly extraVars: ReadonlyMap<string, Variable>;
  readonly askBecomePass: boolean;
}

/** How to reach each host: by its connection variables, or as a machine of the inventory's lab. */
export async function targetsOf(
  names: readonly string[],
  inventory: Inventory,
  options: TargetOptions,
  io: Io,
): Promise<ReadonlyMap<string, Target>> {
  const lab = await labConnectionsOf(inventory);
  const becomePassword = options.askBecomePass ? await askBecomePassword(io) : undefined;
  return new Map(
    names.flatMap((name) => {
      const host = inventory.hosts.get(name);
      if (!host) return [];
      const target = targetOf(host, { extra: options.extraVars });
      const machine = lab.machines.get(name);
      if (lab.members.has(name) && !machine) throw labDown(inventory, name);
      const { host: _host, ...connection } = machine ?? {};
      return [
        [
          name,
          { ...target, ...connection, ...(becomePassword === undefined ? {} : { becomePassword }) },
        ] as const,
      ];
    }),
  );
}

/** Machines of the inventory's lab: those it describes, and those that are up. */
async function labConnectionsOf(inventory: Inventory) {
  const spec = labOf(inventory);
  if (!spec) return { members: new Set<string>(), machines: new Map<string, LabConnection>() };
  const { labConnections } = await import('../lab/connections.ts');
  const machines = new Map((labConnections(spec) ?? []).map((machine) => [machine.host, machine]));
  return { members: new Set(spec.machines.map((machine) => machine.name)), machines };
}

const labDown = (inventory: Inventory, name: string) =>
  trouble('lab-not-up', `${name} is a machine of the lab in ${inventory.file}, which is not up.`, {
    help: `Bring it up first: troupe lab up -i ${inventory.file}`,
  });

async function askBecomePassword(io: Io): Promise<string> {
  const { askPassword } = await import('./ask.ts');
  return askPassword('Password for sudo: ', io);
}
