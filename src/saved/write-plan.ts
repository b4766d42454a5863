import { hash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { stringify } from 'devalue';
import { trouble } from '../diagnostics/trouble.ts';
import { FORMAT, type SavedPlan } from './saved-plan.ts';

/** Writes a plan file, readable by its owner only, and whole or not at all. Throws `Trouble` where that cannot be. */
export function writePlan(path: string, plan: SavedPlan): void {
  const body = {
    troupe_plan: FORMAT,
    troupe: plan.troupe,
    created: plan.created,
    path: plan.path,
    hosts: plan.hosts,
    ...(plan.limit === undefined ? {} : { limit: plan.limit }),
    tags: plan.tags,
    skip_tags: plan.skipTags,
    inventory: plan.inventory,
    extra_vars: plan.extraVars,
    events: plan.events,
    items: stringify(plan.items),
    sources: stringify(plan.playbook),
  };
  const text = JSON.stringify({ ...body, checksum: checksumOf(body) }, undefined, 1);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${text}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    throw trouble('plan-not-saved', `Cannot write ${path}: ${(error as Error).message}.`, {
      help: 'Give --out a path in a folder that is there and may be written to.',
    });
  }
}

/** SHA-256 of all but the checksum itself, whatever the blanks in the file. It tells of damage; it is no signature. */
export const checksumOf = (body: object): string => `sha256:${hash('sha256', JSON.stringify(body))}`;
