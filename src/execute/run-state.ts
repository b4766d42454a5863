import type { HostPlay, HostTask } from '../model/compiled.ts';
import type { Counts, Emit, Status } from '../model/event.ts';
import type { Facts } from '../model/facts.ts';
import type { Host, Shell } from '../model/host.ts';
import type { Acting, PlannedItem } from '../model/planned.ts';
import type { Diagnostic } from '../model/source.ts';
import type { Value } from '../model/value.ts';
import type { AnyModule, Surroundings } from '../modules/module.ts';
import { Overlay } from '../shell/overlay.ts';
import { Answers } from './answers.ts';
import { Manifest } from './manifest.ts';

export type Task = HostTask<AnyModule>;
export type Play = HostPlay<AnyModule>;

/** What one run shares over its hosts. */
export interface RunState {
  readonly mode: 'plan' | 'apply';
  readonly playbook: string;
  /** Its folder. */
  readonly folder: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Told of every task of a dry run. */
  readonly onPlanned?: (item: PlannedItem) => void;
  /** Asked before a task acts: why it may not, where a saved plan does not have it. */
  readonly forbids?: (acting: Acting) => Diagnostic | undefined;
  /** True where a role prunes. */
  readonly prunes: boolean;
  /** True once something is to change on any host in a play that is over: what reads the world can't be asked then. */
  worldPending: boolean;
}

/** What modules are told of a run and a host. */
export const surroundings = ({ mode, folder }: RunState, { facts, name }: HostState): Surroundings => ({
  facts,
  mode,
  host: name,
  folder,
});

/** Values that tasks have registered or set. */
export class Learnt extends Map<string, Value> {
  /** How often it has changed: what was made of the values holds as long as that does. */
  changes = 0;

  override set(name: string, value: Value): this {
    this.changes += 1;
    return super.set(name, value);
  }
}

/** A host in a run, and what it has learnt. */
export class HostState {
  readonly name: string;
  readonly host: Host;
  readonly #shells = new Map<string, Shell>();
  /** Keys of all that tasks of this run manage, where a role prunes. */
  readonly managed = new Set<string>();
  readonly #manifests = new Map<string | undefined, Manifest>();
  readonly answers = new Answers();
  readonly learnt = new Learnt();
  /** What a dry run has laid over the host so far. */
  readonly overlay = new Overlay();
  readonly counts: Record<Status, number> = noCounts();
  failed = false;
  /** Handlers of an earlier run that this one has taken up. */
  readonly resumed = new Set<string>();

  constructor(host: Host) {
    this.name = host.name;
    this.host = host;
  }

  /** What roles that prune manage, as the state directory of a user has it. */
  manifest(user: string | undefined, playbook: string): Manifest {
    const manifest = this.#manifests.get(user) ?? new Manifest(playbook);
    this.#manifests.set(user, manifest);
    return manifest;
  }

  /** True once something is to change on it, in a dry run. */
  get pending(): boolean {
    return this.overlay.pending;
  }

  /** Request frames sent on all shells since they were ready. */
  get frames(): number {
    return [...this.#shells.values()].reduce((sum, shell) => sum + shell.frames, 0);
  }

  /** The shell of a user; undefined for who logged in. */
  async shell(user: string | undefined): Promise<Shell> {
    const shell = await this.host.shell(user);
    this.#shells.set(shell.user, shell);
    return shell;
  }

  get facts(): Facts {
    return this.host.facts;
  }
}

/** All statuses at zero. */
export const noCounts = (): Record<Status, number> & Counts => ({
  ok: 0,
  changed: 0,
  skipped: 0,
  failed: 0,
  unreachable: 0,
  unknown: 0,
});
