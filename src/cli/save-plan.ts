import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { trouble } from '../diagnostics/trouble.ts';
import { fillInHashes } from '../hosts/hash-file.ts';
import type { Event } from '../model/event.ts';
import type { PlannedItem } from '../model/planned.ts';
import { digestOf, inventoryValue, varsValue } from '../saved/digest.ts';
import { largeFilesOf } from '../saved/large-files.ts';
import { isPlanPath } from '../saved/plan-path.ts';
import { writePlan } from '../saved/write-plan.ts';
import { EXIT, type Io } from './io.ts';
import { formatFor, type RunOptions } from './options.ts';
import { packageInfo } from './package-root.ts';
import { prepareRun, runPlaybook } from './run.ts';

/** Plans, shows it, and keeps it in a file; a plan that failed anywhere is not kept. */
export async function planAndSave(
  playbook: string,
  out: string,
  options: RunOptions,
  io: Io,
): Promise<number> {
  if (!isPlanPath(out)) {
    throw trouble('plan-name', `A plan file ends in .json, but --out is ${out}.`, {
      help: 'By its name "troupe apply" tells a plan from a playbook.',
    });
  }
  if (!existsSync(dirname(out))) {
    throw trouble('plan-not-saved', `There is no folder ${dirname(out)} to save ${out} in.`, {
      help: 'Make it, or give --out another path.',
    });
  }
  const prepared = await prepareRun(playbook, options, io);
  const events: Event[] = [];
  const items: PlannedItem[] = [];
  const recap = await runPlaybook('plan', prepared, options, io, {
    onEvent: (event) => events.push(event),
    onPlanned: (item) => items.push(item),
  });
  if (recap.exit !== EXIT.done && recap.exit !== EXIT.changes) {
    io.stderr.write(`warning: the plan is not complete, so ${out} was not written.\n`);
    return recap.exit;
  }
  const { inventory, extraVars, source, limit } = prepared;
  // Also of files that tasks may come to name when the plan is applied.
  await fillInHashes(largeFilesOf(source));
  writePlan(out, {
    troupe: packageInfo().version,
    created: new Date().toISOString(),
    path: playbook,
    playbook: source,
    ...(limit === undefined ? {} : { limit }),
    tags: options.tags,
    skipTags: options.skipTags,
    inventory: digestOf(inventoryValue(inventory)),
    hosts: prepared.compiled.hosts,
    extraVars: { names: [...extraVars.keys()], digest: digestOf(varsValue(extraVars)) },
    events,
    items,
  });
  if (formatFor(options.format, io) !== 'json') {
    const inventories = options.inventory.map((path) => ` -i ${path}`).join('');
    io.stdout.write(`Saved in ${out}. To apply just this: troupe apply ${out}${inventories}\n`);
  }
  return recap.exit;
}
