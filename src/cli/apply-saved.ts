import { fault, trouble } from '../diagnostics/trouble.ts';
import { changesOf } from '../execute/changes.ts';
import { execute } from '../execute/execute.ts';
import { connect } from '../hosts/connect.ts';
import { KeptConnections } from '../hosts/kept-connections.ts';
import { loadExtraVars } from '../load/extra-vars.ts';
import { loadInventory } from '../load/inventory.ts';
import type { HostDrifted, HostUnreachable } from '../model/event.ts';
import type { PlannedItem } from '../model/planned.ts';
import { Decisions } from '../saved/decisions.ts';
import { inventoryValue, matches, varsValue } from '../saved/digest.ts';
import { driftOf } from '../saved/drift.ts';
import { readPlan } from '../saved/read-plan.ts';
import type { SavedPlan } from '../saved/saved-plan.ts';
import { confirm } from './ask.ts';
import { untilInterrupted } from './interrupt.ts';
import { EXIT, type Io } from './io.ts';
import type { ApplyOptions } from './options.ts';
import { packageInfo } from './package-root.ts';
import { requirePlannedFiles } from './require-planned-files.ts';
import { executeOptions, reporter } from './run.ts';
import { show } from './show.ts';
import { compileLoaded } from './stages.ts';
import { targetsOf } from './targets.ts';

/**
 * `troupe apply plan.json`: applies what a saved plan has, and just that. Every host is planned again first, under its
 * lock; one that would do something else has drifted, and is refused.
 */
export async function applySaved(path: string, options: ApplyOptions, io: Io): Promise<number> {
  const plan = readPlan(path, packageInfo().version);
  const ready = prepare(path, plan, options);
  await requirePlannedFiles(path, ready.compiled.files);
  const targets = await targetsOf(
    ready.compiled.hosts,
    ready.inventory,
    { extraVars: ready.extraVars, askBecomePass: options.askBecomePass === true },
    io,
  );
  if (options.confirm) {
    await show(path, options, io);
    if (!(await confirm('Apply these changes?', io))) return EXIT.interrupted;
  }
  const connections = new KeptConnections(connect);
  const base = executeOptions({ ...ready, playbook: plan.path, targets }, options, connections.connect);
  const shown = await reporter(options, io);
  try {
    return await untilInterrupted(
      io,
      async (signal) => {
        const refused = await refusedOf(plan, { ...base, signal }, options.partial === true);
        const { forbids } = new Decisions(plan.items);
        const partial = options.partial === true;
        const recap = await execute({
          ...base,
          ...{ mode: 'apply', emit: shown.emit, signal, forbids, refused, partial },
        });
        return recap.exit;
      },
      shown.flush,
    );
  } finally {
    shown.end();
    await connections.closeAll();
  }
}

/** Compiles what the plan keeps for the inventory given, once that is the one it was made with. */
function prepare(path: string, plan: SavedPlan, options: ApplyOptions) {
  const decided = [
    ...(options.limit === undefined ? [] : ['--limit']),
    ...(options.tags.length > 0 ? ['--tags'] : []),
    ...(options.skipTags.length > 0 ? ['--skip-tags'] : []),
  ];
  if (decided.length > 0) {
    throw trouble('decided-by-the-plan', `${decided.join(' and ')} cannot be given with a saved plan.`, {
      help: `${path} applies just what was planned. Make another plan for less.`,
    });
  }
  const inventory = loadInventory(options.inventory, { playbook: plan.playbook.file });
  const extraVars = loadExtraVars(options.extraVars);
  if (!matches(varsValue(extraVars), plan.extraVars.digest)) {
    const { names } = plan.extraVars;
    throw trouble('other-extra-vars', `${path} was made with other values of -e.`, {
      help:
        names.length === 0
          ? 'It was made without any: leave -e out.'
          : `Give the same again for ${names.join(', ')}: they may be secrets, so the file does not have them.`,
    });
  }
  if (!matches(inventoryValue(inventory), plan.inventory)) {
    throw trouble('plan-of-another-inventory', `${path} was made with another inventory.`, {
      help: `${inventory.file}, or a group_vars or host_vars of it, has other hosts, groups or variables than when the plan was made. Make the plan anew.`,
    });
  }
  return compileLoaded(plan.playbook, inventory, extraVars, {
    ...(plan.limit === undefined ? {} : { limit: plan.limit }),
    tags: plan.tags,
    skipTags: plan.skipTags,
  });
}

/** Hosts that cannot be reached, or that are not as the plan found them. */
async function refusedOf(
  plan: SavedPlan,
  base: Omit<Parameters<typeof execute>[0], 'mode' | 'emit'>,
  partial: boolean,
): Promise<ReadonlyMap<string, HostDrifted | HostUnreachable>> {
  const refused = new Map<string, HostDrifted | HostUnreachable>();
  const items: PlannedItem[] = [];
  await execute({
    ...base,
    mode: 'plan',
    onPlanned: (item) => items.push(item),
    emit: (event) => {
      if (event.event === 'host_unreachable') refused.set(event.host, event);
    },
  });
  const drifts = driftOf(plan.items, items, (steps) => changesOf(steps, false));
  for (const [host, drift] of drifts) {
    if (refused.has(host)) continue;
    const diagnostic = fault('drifted', `${host} has drifted: it is not as the plan found it.`, {
      host,
      help: partial
        ? 'It was left as it is. Look at what differs, and make a plan anew for it.'
        : 'Nothing was changed on any host. Look at what differs, and make the plan anew; --partial applies this one to the hosts that have not drifted.',
    });
    refused.set(host, { event: 'host_drifted', host, diagnostic, drift });
  }
  return refused;
}
