import type { Status, TaskRef } from './event.ts';
import type { Answer, Probe } from './probe.ts';
import type { Action, Step } from './step.ts';
import type { Unknown } from './value.ts';

/** A step as a saved plan keeps it: what was shown, and what is to be done. */
export type PlannedStep = Pick<Step, 'sign' | 'field' | 'before' | 'after' | 'path' | 'action'>;

/** What a dry run found of one task, or of one turn of its loop, on one host. */
export interface PlannedItem {
  readonly host: string;
  readonly task: TaskRef;
  /** Turn of the loop, from 0; 0 without a loop. */
  readonly item: number;
  readonly status: Status;
  readonly reason?: string;
  /** Left out where the task is `no_log`: its values are made again from the inventory. */
  readonly steps?: readonly PlannedStep[];
}

/** What a dry run expects a host to answer once all is done; where it asked, and where a step declared it. */
export interface Prediction {
  readonly host: string;
  /** Whose shell is asked; undefined for who logged in. */
  readonly user: string | undefined;
  readonly probe: Probe;
  /** What the host says before: what a package brings counts only where this is an absence. */
  readonly before: Answer | undefined;
  /** The answer expected where the host says `before`. */
  readonly expect: (before: Answer) => Answer | Unknown;
}

/** A task on a host that is about to act, in an apply. */
export interface Acting {
  readonly host: string;
  readonly task: TaskRef;
  readonly item: number;
  readonly steps: readonly Step[];
}

/** The part of a step that a plan keeps. */
export const plannedStep = ({ sign, field, before, after, path, action }: Step): PlannedStep => ({
  sign,
  field,
  before,
  after,
  ...(path === undefined ? {} : { path }),
  ...(action === undefined ? {} : { action: withoutSecrets(action) }),
});

/** Secrets are made again from the inventory, whose fingerprint tells whether they are the same. */
const withoutSecrets = (action: Action): Action =>
  action.kind === 'run' && action.secretStdin ? { ...action, stdin: '' } : action;
