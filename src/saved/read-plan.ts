import { readFileSync } from 'node:fs';
import { parse } from 'devalue';
import * as z from 'zod';
import { trouble } from '../diagnostics/trouble.ts';
import type { Event } from '../model/event.ts';
import type { PlannedItem } from '../model/planned.ts';
import type { Playbook } from '../model/playbook.ts';
import { FORMAT, type SavedPlan } from './saved-plan.ts';
import { checksumOf } from './write-plan.ts';

const texts = z.array(z.string());
const fileSchema = z.strictObject({
  troupe_plan: z.literal(FORMAT),
  troupe: z.string(),
  created: z.string(),
  path: z.string(),
  hosts: texts,
  limit: texts.optional(),
  tags: texts,
  skip_tags: texts,
  inventory: z.string(),
  extra_vars: z.strictObject({ names: texts, digest: z.string() }),
  events: z.array(z.looseObject({ event: z.string() })),
  items: z.string(),
  sources: z.string(),
  checksum: z.string(),
});

const AGAIN = 'Make the plan anew: troupe plan PLAYBOOK -i INVENTORY --out FILE.';

/** Reads a plan file. Throws `Trouble` where it is none, was altered, or is from another version than `version`. */
export function readPlan(path: string, version: string): SavedPlan {
  const raw = jsonOf(path);
  if (typeof raw !== 'object' || raw === null || !('troupe_plan' in raw)) {
    throw trouble('no-plan-file', `${path} is no plan file.`, {
      help: 'Plan files come from "troupe plan --out". A playbook is YAML, and does not end in .json.',
    });
  }
  const from = 'troupe' in raw ? String(raw.troupe) : '?';
  if (raw.troupe_plan !== FORMAT || from !== version) {
    throw trouble('plan-of-another-version', `${path} was made by Troupe ${from}; this is ${version}.`, {
      help: `Another version may plan otherwise. ${AGAIN}`,
    });
  }
  const { checksum, ...body } = raw as { readonly checksum?: unknown };
  const file = fileSchema.safeParse(raw);
  if (!file.success || checksum !== checksumOf(body)) {
    throw trouble('plan-altered', `${path} was altered or cut off since it was made.`, { help: AGAIN });
  }
  const { data } = file;
  return {
    troupe: data.troupe,
    created: data.created,
    path: data.path,
    hosts: data.hosts,
    ...(data.limit === undefined ? {} : { limit: data.limit }),
    tags: data.tags,
    skipTags: data.skip_tags,
    inventory: data.inventory,
    extraVars: data.extra_vars,
    // The checksum says that these are what writePlan wrote.
    events: data.events as unknown as readonly Event[],
    items: parse(data.items) as readonly PlannedItem[],
    playbook: parse(data.sources) as Playbook,
  };
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw trouble('plan-altered', `${path} is no whole JSON: ${error.message}.`, { help: AGAIN });
    }
    throw trouble('plan-unreadable', `Cannot read ${path}: ${(error as Error).message}.`, {
      help: 'Check the path.',
    });
  }
}
