import type { Event } from '../model/event.ts';
import type { PlannedItem } from '../model/planned.ts';
import type { Playbook } from '../model/playbook.ts';

/** Version of the file's form; a file of another one is refused. */
export const FORMAT = 1;

/** What `plan --out` keeps: enough to apply just that, with the inventory and without playbook and roles. */
export interface SavedPlan {
  /** Version of Troupe that made it; another one may plan otherwise, so it refuses the file. */
  readonly troupe: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** The playbook as it was given on the command line. */
  readonly path: string;
  /** All that was loaded: what can be known only when applied is compiled from it again. */
  readonly playbook: Playbook;
  /** Hosts that --limit left; undefined where there was none. */
  readonly limit?: readonly string[];
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Fingerprint of the inventory: its values may be secrets, so they stay where they are. */
  readonly inventory: string;
  readonly hosts: readonly string[];
  /** Names of the variables that -e gave, and a fingerprint of their values, which must be given again. */
  readonly extraVars: { readonly names: readonly string[]; readonly digest: string };
  /** The events of the plan, as `--format json` tells them. */
  readonly events: readonly Event[];
  /** What each task would do on each host: what a host is held against before and while this is applied. */
  readonly items: readonly PlannedItem[];
}
