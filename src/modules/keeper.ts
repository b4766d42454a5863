import type { Found, Probes } from '../model/probe.ts';
import type { Step } from '../model/step.ts';
import type { Refusal } from './module.ts';
import type { NetworkEntry } from './network-entry.ts';

/** Who brings addresses and routes back at boot, and how they are put in its care. It is never restarted. */
export interface Keeper<P extends Probes> {
  readonly inspect: (device: string) => P;
  /** Steps after which the owner keeps the entry, or no longer does. */
  readonly plan: (
    device: string,
    entry: NetworkEntry,
    kept: boolean,
    found: Found<P>,
  ) => readonly Step[] | Refusal;
}

// biome-ignore lint/suspicious/noExplicitAny: keepers ask different questions; each gets the answers to its own.
export type AnyKeeper = Keeper<any>;
