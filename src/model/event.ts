import type { Diagnostic, Place } from './source.ts';
import type { Value } from './value.ts';

/** The one vocabulary of statuses: in code, in JSON, on screen. */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown';

/** A change as it is reported: a step without its action. */
export interface Change {
  readonly sign: '+' | '~' | '-';
  readonly field: string;
  readonly before?: ShownValue;
  readonly after?: ShownValue;
  /** Path for the header of a unified diff. */
  readonly path?: string;
}

/** Text of a file, a binary file by size and hash, or a plain value. */
export type ShownValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly size: number; readonly sha256: string }
  | { readonly kind: 'value'; readonly value: null | boolean | number | string | readonly string[] }
  | { readonly kind: 'secret' };

/** A task as events name it. `id` is the same on every host. */
export interface TaskRef {
  readonly id: string;
  /** `role : name`, or the module and what it manages. */
  readonly label: string;
  readonly module: string;
  readonly role?: string;
  readonly place: Place;
  /** Label of the loop's item. */
  readonly item?: string;
  readonly handler?: true;
}

/** Tasks of one host by status. */
export type Counts = Readonly<Record<Status, number>>;

/**
 * What happens in a run, one JSON object a line with `--format json`. Reporters see nothing else. `host_started` and
 * `host_finished` are a host's begin and end in a play; `tasks` counts those of the play, without handlers.
 */
export type Event =
  | {
      readonly event: 'run_started';
      readonly mode: 'plan' | 'apply';
      readonly playbook: string;
      readonly hosts: readonly string[];
    }
  | {
      readonly event: 'play_started';
      readonly play: string;
      readonly hosts: readonly string[];
      readonly tasks: number;
    }
  | { readonly event: 'host_started'; readonly host: string; readonly tasks: number }
  | { readonly event: 'host_connected'; readonly host: string; readonly os: string }
  | HostUnreachable
  | HostDrifted
  | { readonly event: 'task_started'; readonly host: string; readonly task: TaskRef }
  | {
      readonly event: 'task_output';
      readonly host: string;
      readonly task: TaskRef;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  | TaskFinished
  | { readonly event: 'host_finished'; readonly host: string }
  | Recap;

export interface HostUnreachable {
  readonly event: 'host_unreachable';
  readonly host: string;
  readonly diagnostic: Diagnostic;
}

/** A host that is no longer as a saved plan found it; nothing is changed on it. */
export interface HostDrifted {
  readonly event: 'host_drifted';
  readonly host: string;
  readonly diagnostic: Diagnostic;
  readonly drift: readonly Drift[];
}

/** Where a host and a saved plan part: each change goes from what the plan found to what is there now. */
export interface Drift {
  readonly task: TaskRef;
  readonly changes: readonly Change[];
  /** Said where it is no field that differs: `was skipped, is unknown now`. */
  readonly reason?: string;
}

export interface TaskFinished {
  readonly event: 'task_finished';
  readonly host: string;
  readonly task: TaskRef;
  readonly status: Status;
  readonly changes: readonly Change[];
  /** Why it was skipped, or is unknown. */
  readonly reason?: string;
  /** What `debug` says. */
  readonly message?: string;
  /** Why it failed; `ignored` where the run goes on all the same. */
  readonly diagnostic?: Diagnostic;
  readonly ignored?: true;
  /** What a register of it holds, for commands (rc, stdout, stderr). */
  readonly result?: Value;
}

/** The last event. `toChange` and `unknown` count tasks times hosts. */
export interface Recap {
  readonly event: 'recap';
  readonly mode: 'plan' | 'apply';
  readonly hosts: Readonly<Record<string, Counts>>;
  readonly exit: number;
  /** Request frames sent to each host after it was connected. */
  readonly frames: Readonly<Record<string, number>>;
}

/** Where events go. */
export type Emit = (event: Event) => void;
